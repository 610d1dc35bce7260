#pragma once

#include "base/clock.h"
#include "loop/ring.h"
#include "loop/write_queue.h"

namespace puntbench {

// Issues the writes through io_uring; a stream without a file issues NOPs.
class UringBackend {
 public:
  Status open(const WriteQueue& queue) {
    const WriteStream& stream = queue.stream();
    block_bytes_ = stream.block_bytes;
    if (stream.unbatched) reap_limit_ = 1;
    sqe_flags_ = (stream.forced_async ? IOSQE_ASYNC : 0u) | (stream.drained ? IOSQE_IO_DRAIN : 0u);
    const unsigned entries = stream.queue_depth > kMinRingEntries ? stream.queue_depth : kMinRingEntries;
    if (Status status = ring_.open(entries, stream.ring); !status.ok()) return status;
    if (stream.forced_async) ring_.limit_unbounded_workers();
    if (!stream.registered_buffers || stream.fds.empty()) return {};
    registered_ = true;
    iovec region{queue.memory().data(), queue.memory().size()};
    const int result = io_uring_register_buffers(ring_.get(), &region, 1);
    if (result < 0) return {result, "io_uring_register_buffers"};
    // Whoever registers buffers to save work for each write registers the files too.
    const auto files = static_cast<unsigned>(stream.fds.size());
    return {io_uring_register_files(ring_.get(), stream.fds.data(), files), "io_uring_register_files"};
  }

  void fill(const Slot& slot) noexcept {
    io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
    const uint64_t offset = slot.block * block_bytes_;
    if (slot.fd < 0) {
      io_uring_prep_nop(sqe);
    } else if (registered_) {
      io_uring_prep_write_fixed(sqe, static_cast<int>(slot.file), slot.buffer, block_bytes_, offset, 0);
      sqe->flags |= IOSQE_FIXED_FILE;
    } else {
      io_uring_prep_write(sqe, slot.fd, slot.buffer, block_bytes_, offset);
    }
    sqe->flags |= static_cast<uint8_t>(sqe_flags_);
    sqe->user_data = slot.index;
  }

  // Also runs the completions that have arrived (GETEVENTS without waiting). With DEFER_TASKRUN nothing is ready to
  // reap before that, and a busy device then needs one system call for each batch.
  int submit() noexcept { return io_uring_submit_and_get_events(ring_.get()); }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    unsigned head = 0, ready = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(ring_.get(), head, cqe) {
      ++ready;
      if (cqe->user_data != LIBURING_UDATA_TIMEOUT) complete(cqe->user_data, cqe->res);
      if (ready == reap_limit_) break;
    }
    io_uring_cq_advance(ring_.get(), ready);
    return ready;
  }

  int wait(uint64_t timeout_ns) noexcept {
    io_uring_cqe* cqe = nullptr;
    if (timeout_ns == kForever) return io_uring_wait_cqe(ring_.get(), &cqe);
    auto timeout = to_timespec<__kernel_timespec>(timeout_ns);
    return io_uring_wait_cqe_timeout(ring_.get(), &cqe, &timeout);
  }

  Ring& ring() noexcept { return ring_; }

 private:
  Ring ring_;
  uint32_t block_bytes_ = 0;
  unsigned reap_limit_ = ~0u;
  unsigned sqe_flags_ = 0;
  bool registered_ = false;
};

}  // namespace puntbench
