#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/status.h"
#include "loop/write_queue.h"

namespace puntbench {

// Control arm `psync`: one thread that makes the same requests with blocking system calls, one at a time.
class PsyncBackend {
 public:
  Status open(const WriteQueue& queue) {
    stream_ = &queue.stream();
    return {};
  }

  unsigned fill(const Slot& slot) noexcept {
    slot_ = &slot;
    return 1;
  }

  int submit() noexcept {
    const ssize_t n = call();
    result_ = n < 0 ? -errno : n;
    return 1;
  }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    if (slot_ == nullptr) return 0;
    complete(slot_->index, result_);
    slot_ = nullptr;
    return 1;
  }

  int wait(uint64_t) noexcept { return 0; }

 private:
  ssize_t call() noexcept {
    const RequestKind& kind = stream_->kind;
    if (slot_->sync) return (kind.syncs_metadata() ? fsync : fdatasync)(slot_->fd);
    const auto offset = static_cast<off_t>(slot_->offset);
    if (!kind.moves_data()) return other(kind.operation, offset);
    const iovec buffer{slot_->buffer, slot_->bytes};
    const int flags = kind.rw_flags(slot_->read);
    return slot_->read ? preadv2(slot_->fd, &buffer, 1, offset, flags) : pwritev2(slot_->fd, &buffer, 1, offset, flags);
  }

  ssize_t other(Operation operation, off_t offset) noexcept {
    if (operation == Operation::kFsync) return fsync(slot_->fd);
    if (operation == Operation::kFallocate) return fallocate(slot_->fd, 0, offset, slot_->bytes);
    const char* name = stream_->names[slot_->file].c_str();
    struct statx found;
    if (operation == Operation::kStatx) return statx(stream_->folder, name, 0, STATX_BASIC_STATS, &found);
    const int fd = ::openat(stream_->folder, name, kOpenatFlags);
    return fd < 0 ? fd : close(fd);
  }

  const WriteStream* stream_ = nullptr;
  const Slot* slot_ = nullptr;
  int64_t result_ = 0;
};

}  // namespace puntbench
