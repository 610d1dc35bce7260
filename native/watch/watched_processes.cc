#include "watch/watched_processes.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "bpf/watched_processes.h"

namespace puntbench {
namespace {

// Puts an id into the place of another one.
int replace(int fd, uint32_t process, uint32_t old_id, uint32_t new_id) {
  const uint32_t place = process & (WATCH_PROCESS_PLACES - 1);
  watch_processes at{};
  if (bpf_map_lookup_elem(fd, &place, &at) != 0) return -errno;
  for (unsigned int& id : at.ids) {
    if (id != old_id) continue;
    id = new_id;
    return bpf_map_update_elem(fd, &place, &at, BPF_EXIST) == 0 ? 0 : -errno;
  }
  return old_id == 0 ? -ENOSPC : -ESRCH;
}

}  // namespace

int watch_process(int fd, uint32_t process) {
  // Twice in the list would need two removals.
  if (const int error = replace(fd, process, process, process); error != -ESRCH) return error;
  return replace(fd, process, 0, process);
}

int unwatch_process(int fd, uint32_t process) { return replace(fd, process, process, 0); }

}  // namespace puntbench
