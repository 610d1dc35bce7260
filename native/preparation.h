#pragma once

#include <atomic>
#include <cstdint>

#include "status.h"

namespace puntbench {

enum class Preparation { kNoFallocate, kFallocate0, kKeepSize, kZeroRange, kDdPrefill };

// Brings an empty file, open with O_DIRECT, into the state that `preparation` names, over `size` bytes.
// `bytes_written` counts data handed to the device by the prefill.
// -EOPNOTSUPP: the filesystem lacks this preparation. -ECANCELED: `cancelled` was set.
Status prepare_file(int fd, Preparation preparation, uint64_t size, const std::atomic<bool>& cancelled,
                    uint64_t& bytes_written);

}  // namespace puntbench
