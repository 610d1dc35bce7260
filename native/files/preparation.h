#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"

namespace puntbench {

enum class Preparation { kNoFallocate, kFallocate0, kKeepSize, kZeroRange, kDdPrefill };

// The preparation of this name (`PREPARATIONS` in results/vocabulary.ts); empty for an unknown one.
std::optional<Preparation> preparation_named(std::string_view name);

// Prepares `size` bytes of an empty file that is open with O_DIRECT.
// `bytes_written` counts the data that the prefill wrote.
// -EOPNOTSUPP: the filesystem lacks this preparation. -ECANCELED: `cancelled` was set.
Status prepare_file(int fd, Preparation preparation, uint64_t size, const std::atomic<bool>& cancelled,
                    uint64_t& bytes_written);

// The same, with the data in so many extents that lie apart on the device, or in as many as the file has blocks.
// -EOPNOTSUPP, -EINVAL from FALLOC_FL_COLLAPSE_RANGE: the filesystem cannot move data so (ext4 and XFS can).
Status prepare_fragmented(int fd, Preparation preparation, uint64_t size, uint32_t extents,
                          const std::atomic<bool>& cancelled, uint64_t& bytes_written);

}  // namespace puntbench
