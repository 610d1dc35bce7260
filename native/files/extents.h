#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"

namespace puntbench {

struct Extent {
  uint64_t offset = 0;    // bytes from the start of the file
  uint64_t physical = 0;  // bytes from the start of the device
  uint64_t length = 0;    // bytes
  uint32_t flags = 0;     // FIEMAP_EXTENT_*
};

// Allocation of a file, from FIEMAP and fstat. Each byte up to `size_bytes` is written, unwritten or a hole.
struct ExtentState {
  uint64_t extents = 0;
  uint64_t written_bytes = 0;
  uint64_t unwritten_bytes = 0;
  uint64_t hole_bytes = 0;
  uint64_t beyond_size_bytes = 0;
  uint64_t size_bytes = 0;

  ExtentState& operator+=(const ExtentState& other) noexcept {
    extents += other.extents;
    written_bytes += other.written_bytes;
    unwritten_bytes += other.unwritten_bytes;
    hole_bytes += other.hole_bytes;
    beyond_size_bytes += other.beyond_size_bytes;
    size_bytes += other.size_bytes;
    return *this;
  }
};

// All extents of an open file. -EOPNOTSUPP: the filesystem has no FIEMAP.
Status list_extents(int fd, std::vector<Extent>& extents);

ExtentState state_of(const std::vector<Extent>& extents, uint64_t size_bytes);

Status read_extent_state(int fd, ExtentState& state);

}  // namespace puntbench
