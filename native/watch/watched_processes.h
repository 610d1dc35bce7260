#pragma once

#include <cstdint>

namespace puntbench {

// The list of watched processes in the map `fd`. Return 0 or -errno.

// -ENOSPC: too many processes, of which the lowest bits of the id are the same.
int watch_process(int fd, uint32_t process);
// -ESRCH: it was not watched.
int unwatch_process(int fd, uint32_t process);

}  // namespace puntbench
