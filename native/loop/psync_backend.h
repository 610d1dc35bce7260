#pragma once

#include <sys/uio.h>
#include <unistd.h>

#include "base/status.h"
#include "loop/write_queue.h"

namespace puntbench {

// Control arm `psync`: one thread that calls pwritev2, preadv2 or fsync, one at a time.
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
    if (kind.operation == Operation::kFsync) return fsync(slot_->fd);
    const auto offset = static_cast<off_t>(slot_->block * stream_->block_bytes);
    const iovec buffer{slot_->buffer, stream_->block_bytes};
    const int flags = kind.rw_flags(slot_->read);
    return slot_->read ? preadv2(slot_->fd, &buffer, 1, offset, flags) : pwritev2(slot_->fd, &buffer, 1, offset, flags);
  }

  const WriteStream* stream_ = nullptr;
  const Slot* slot_ = nullptr;
  int64_t result_ = 0;
};

}  // namespace puntbench
