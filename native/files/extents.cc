#include "files/extents.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>

namespace puntbench {
namespace {

constexpr unsigned kExtentsPerCall = 256;

}  // namespace

Status list_extents(int fd, std::vector<Extent>& extents) {
  alignas(fiemap) uint8_t memory[sizeof(fiemap) + kExtentsPerCall * sizeof(fiemap_extent)];
  uint64_t start = 0;
  for (;;) {
    auto* map = new (memory) fiemap{};
    map->fm_start = start;
    map->fm_length = FIEMAP_MAX_OFFSET - start;
    map->fm_extent_count = kExtentsPerCall;
    if (ioctl(fd, FS_IOC_FIEMAP, map) != 0) return Status::last_errno("FS_IOC_FIEMAP");
    if (map->fm_mapped_extents == 0) return {};
    for (unsigned i = 0; i < map->fm_mapped_extents; ++i) {
      const fiemap_extent& extent = map->fm_extents[i];
      extents.push_back({extent.fe_logical, extent.fe_physical, extent.fe_length, extent.fe_flags});
      if (extent.fe_flags & FIEMAP_EXTENT_LAST) return {};
    }
    start = extents.back().offset + extents.back().length;
  }
}

Status read_extent_state(int fd, ExtentState& state) {
  struct stat file;
  if (fstat(fd, &file) != 0) return Status::last_errno("fstat");
  std::vector<Extent> extents;
  if (Status status = list_extents(fd, extents); !status.ok()) return status;
  state = state_of(extents, static_cast<uint64_t>(file.st_size));
  return {};
}

ExtentState state_of(const std::vector<Extent>& extents, uint64_t size_bytes) {
  ExtentState state;
  state.size_bytes = size_bytes;
  state.extents = extents.size();
  for (const Extent& extent : extents) {
    const uint64_t end = extent.offset + extent.length;
    const uint64_t inside = std::min(end, state.size_bytes) - std::min(extent.offset, state.size_bytes);
    const bool unwritten = extent.flags & (FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_DELALLOC);
    (unwritten ? state.unwritten_bytes : state.written_bytes) += inside;
    state.beyond_size_bytes += extent.length - inside;
  }
  state.hole_bytes = state.size_bytes - state.written_bytes - state.unwritten_bytes;
  return state;
}

}  // namespace puntbench
