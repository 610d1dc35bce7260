#include "files/page_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace puntbench {
namespace {

// The number is the same on every architecture with io_uring. Older headers do not define it.
constexpr long kCachestat = 451;

struct CachestatRange {
  uint64_t offset;
  uint64_t length;
};

struct CachestatAnswer {
  uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

Status by_cachestat(int fd, const FileRange& range, uint64_t& pages) {
  CachestatRange asked{range.offset, range.length};
  CachestatAnswer answer{};
  if (syscall(kCachestat, fd, &asked, &answer, 0) != 0) return Status::last_errno("cachestat");
  pages = answer.cached;
  return {};
}

// To a user without the right, mincore reports every page as resident (can_do_mincore, Linux 5.2).
bool may_ask_mincore(int fd) {
  struct stat file;
  if (fstat(fd, &file) != 0) return false;
  if (geteuid() == 0 || geteuid() == file.st_uid) return true;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

Status by_mincore(int fd, const FileRange& range, uint64_t& pages) {
  constexpr uint64_t kWindowBytes = uint64_t{1} << 30;
  if (!may_ask_mincore(fd)) return {-EPERM, "mincore"};
  const auto page_bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident(kWindowBytes / page_bytes);
  pages = 0;
  uint64_t offset = range.offset / page_bytes * page_bytes;
  for (const uint64_t end = range.offset + range.length; offset < end; offset += kWindowBytes) {
    const size_t bytes = std::min(kWindowBytes, end - offset);
    void* mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
    if (mapped == MAP_FAILED) return Status::last_errno("mmap");
    const int result = mincore(mapped, bytes, resident.data());
    const Status failed = Status::last_errno("mincore");
    munmap(mapped, bytes);
    if (result != 0) return failed;
    const auto last = resident.begin() + static_cast<long>((bytes + page_bytes - 1) / page_bytes);
    pages += static_cast<uint64_t>(std::count_if(resident.begin(), last, [](auto page) { return page & 1; }));
  }
  return {};
}

}  // namespace

Status count_cached_pages(int fd, const std::vector<FileRange>& ranges, std::vector<uint64_t>& pages,
                          PageCacheSource& source) {
  source = PageCacheSource::kCachestat;
  for (const FileRange& range : ranges) {
    uint64_t counted = 0;
    // A length of 0 means "to the end of the file" to cachestat.
    if (range.length > 0) {
      Status status = source == PageCacheSource::kCachestat ? by_cachestat(fd, range, counted)
                                                            : by_mincore(fd, range, counted);
      // ENOSYS before 6.5. A container's seccomp profile may answer EPERM to a call that it does not know.
      if (!status.ok() && source == PageCacheSource::kCachestat) {
        source = PageCacheSource::kMincore;
        status = by_mincore(fd, range, counted);
      }
      if (!status.ok()) return status;
    }
    pages.push_back(counted);
  }
  return {};
}

}  // namespace puntbench
