#pragma once

#include <unistd.h>

#include "base/status.h"
#include "loop/write_queue.h"

namespace puntbench {

// Control arm `psync`: one thread that calls pwrite, one write at a time.
class PsyncBackend {
 public:
  Status open(const WriteQueue& queue) {
    stream_ = &queue.stream();
    return {};
  }

  void fill(const Slot& slot) noexcept { slot_ = &slot; }

  int submit() noexcept {
    const auto offset = static_cast<off_t>(slot_->block * stream_->block_bytes);
    const ssize_t n = pwrite(slot_->fd, slot_->buffer, stream_->block_bytes, offset);
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
  const WriteStream* stream_ = nullptr;
  const Slot* slot_ = nullptr;
  int64_t result_ = 0;
};

}  // namespace puntbench
