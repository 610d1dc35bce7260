#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"

namespace puntbench {

struct FileRange {
  uint64_t offset = 0;  // bytes
  uint64_t length = 0;  // bytes
};

enum class PageCacheSource { kCachestat, kMincore };

// Counts the pages of each range that are in the page cache, by cachestat(2) (Linux 6.5), else mincore(2). It only
// reads. -EPERM: the kernel answers only the owner of the file and users who may write to it.
Status count_cached_pages(int fd, const std::vector<FileRange>& ranges, std::vector<uint64_t>& pages,
                          PageCacheSource& source);

}  // namespace puntbench
