#include "files/preparation.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/aligned_buffer.h"

namespace puntbench {
namespace {

Status allocate(int fd, int mode, uint64_t size) {
  if (fallocate(fd, mode, 0, static_cast<off_t>(size)) != 0) return Status::last_errno("fallocate");
  return {};
}

// Writes every block once, as `dd oflag=direct` does. Writing through the page cache would leave pages there, and
// a cached page makes the measured O_DIRECT write punt (filemap_range_has_page in __iomap_dio_rw).
Status prefill(int fd, uint64_t size, const std::atomic<bool>& cancelled, uint64_t& bytes_written) {
  constexpr uint64_t kChunkBytes = 1 << 20;
  AlignedBuffer buffer;
  if (!buffer.allocate(kChunkBytes)) return {-ENOMEM, "mmap"};
  // Not zeros: a device or a host image may not store zeros.
  std::memset(buffer.data(), 0xa5, kChunkBytes);
  while (bytes_written < size) {
    if (cancelled.load(std::memory_order_relaxed)) return {-ECANCELED, "prefill"};
    const uint64_t wanted = std::min(kChunkBytes, size - bytes_written);
    const ssize_t n = pwrite(fd, buffer.data(), wanted, static_cast<off_t>(bytes_written));
    if (n <= 0) return n == 0 ? Status{-EIO, "pwrite"} : Status::last_errno("pwrite");
    bytes_written += static_cast<uint64_t>(n);
  }
  return {};
}

}  // namespace

std::optional<Preparation> preparation_named(std::string_view name) {
  if (name == "no-fallocate") return Preparation::kNoFallocate;
  if (name == "fallocate-0") return Preparation::kFallocate0;
  if (name == "keep-size") return Preparation::kKeepSize;
  if (name == "zero-range") return Preparation::kZeroRange;
  if (name == "dd-prefill") return Preparation::kDdPrefill;
  return std::nullopt;
}

Status prepare_file(int fd, Preparation preparation, uint64_t size, const std::atomic<bool>& cancelled,
                    uint64_t& bytes_written) {
  switch (preparation) {
    case Preparation::kNoFallocate: return {};
    case Preparation::kFallocate0: return allocate(fd, 0, size);
    case Preparation::kKeepSize: return allocate(fd, FALLOC_FL_KEEP_SIZE, size);
    case Preparation::kZeroRange: return allocate(fd, FALLOC_FL_ZERO_RANGE, size);
    case Preparation::kDdPrefill: return prefill(fd, size, cancelled, bytes_written);
  }
  return {-EINVAL, "prepare_file"};
}

Status prepare_fragmented(int fd, Preparation preparation, uint64_t size, uint32_t extents,
                          const std::atomic<bool>& cancelled, uint64_t& bytes_written) {
  struct stat file;
  if (fstat(fd, &file) != 0) return Status::last_errno("fstat");
  const auto gap = static_cast<uint64_t>(file.st_blksize);
  const auto whole = [](uint64_t n, uint64_t unit) { return (n + unit - 1) / unit; };
  const uint64_t piece = whole(whole(size, extents), gap) * gap;
  const uint64_t pieces = whole(size, piece);
  Status status = prepare_file(fd, preparation, size + (pieces - 1) * gap, cancelled, bytes_written);
  // A block between two pieces is taken out: in the file they then follow each other, on the device they do not. From
  // the end, so that few extents have to be renumbered.
  for (uint64_t i = pieces - 1; status.ok() && i > 0; --i) {
    if (cancelled.load(std::memory_order_relaxed)) return {-ECANCELED, "prefill"};
    const auto at = static_cast<off_t>(i * piece + (i - 1) * gap);
    if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, at, static_cast<off_t>(gap)) != 0) {
      status = Status::last_errno("FALLOC_FL_COLLAPSE_RANGE");
    }
  }
  return status;
}

}  // namespace puntbench
