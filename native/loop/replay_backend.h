#pragma once

#include <algorithm>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/clock.h"
#include "loop/replay_queue.h"
#include "loop/ring.h"

namespace puntbench {

// Issues recorded requests through io_uring. What they write does not matter: all use the same buffer.
class ReplayBackend {
 public:
  Status open(const ReplayRing& plan, const std::vector<int>& fds, uint32_t iowq_workers) {
    uint32_t bytes = 4096;
    plan.requests.each([&](const ReplayRequest& request) { bytes = std::max(bytes, request.length); });
    if (!buffer_.allocate(bytes)) return {-ENOMEM, "mmap"};
    if (Status status = ring_.open(ReplayQueue::kUnderWayMax, plan.mode, iowq_workers); !status.ok()) return status;
    fds_ = &fds;
    iovecs_.resize(ReplayQueue::kUnderWayMax);
    iovec region{buffer_.data(), buffer_.size()};
    if (const int result = io_uring_register_buffers(ring_.get(), &region, 1); result < 0) {
      return {result, "io_uring_register_buffers"};
    }
    return {io_uring_register_files(ring_.get(), fds.data(), static_cast<unsigned>(fds.size())),
            "io_uring_register_files"};
  }

  unsigned fill(const ReplaySlot& slot) noexcept {
    io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
    const ReplayRequest& request = *slot.request;
    prepare(sqe, slot);
    sqe->flags |= request.sqe_flags & kKeptFlags;
    sqe->user_data = slot.index;
    return 1;
  }

  int submit() noexcept { return io_uring_submit_and_get_events(ring_.get()); }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    return ring_.reap(complete);
  }

  int wait(uint64_t timeout_ns) noexcept { return ring_.wait(timeout_ns); }

  Ring& ring() noexcept { return ring_; }

 private:
  // Every completion is needed, and buffers are our own.
  static constexpr uint8_t kKeptFlags =
      IOSQE_FIXED_FILE | IOSQE_IO_DRAIN | IOSQE_IO_LINK | IOSQE_IO_HARDLINK | IOSQE_ASYNC;

  void prepare(io_uring_sqe* sqe, const ReplaySlot& slot) noexcept {
    const ReplayRequest& request = *slot.request;
    const bool fixed_file = (request.sqe_flags & IOSQE_FIXED_FILE) != 0;
    const int file = fixed_file ? static_cast<int>(request.file) : (*fds_)[request.file];
    iovec& vector = iovecs_[slot.index];
    vector = {buffer_.data(), request.length};
    switch (request.operation) {
      case IORING_OP_READV:
        io_uring_prep_readv(sqe, file, &vector, 1, request.offset);
        break;
      case IORING_OP_WRITEV:
        io_uring_prep_writev(sqe, file, &vector, 1, request.offset);
        break;
      case IORING_OP_READ_FIXED:
        io_uring_prep_read_fixed(sqe, file, buffer_.data(), request.length, request.offset, 0);
        break;
      case IORING_OP_WRITE_FIXED:
        io_uring_prep_write_fixed(sqe, file, buffer_.data(), request.length, request.offset, 0);
        break;
      case IORING_OP_READ:
        io_uring_prep_read(sqe, file, buffer_.data(), request.length, request.offset);
        break;
      case IORING_OP_WRITE:
        io_uring_prep_write(sqe, file, buffer_.data(), request.length, request.offset);
        break;
      case IORING_OP_FSYNC:
        io_uring_prep_fsync(sqe, file, request.op_flags);
        return;
      case IORING_OP_FALLOCATE:
        io_uring_prep_fallocate(sqe, file, static_cast<int>(request.op_flags), request.offset, request.length);
        return;
      default:  // the plan has no others
        io_uring_prep_nop(sqe);
        return;
    }
    sqe->rw_flags = static_cast<int>(request.op_flags);
  }

  Ring ring_;
  AlignedBuffer buffer_;
  const std::vector<int>* fds_ = nullptr;
  std::vector<iovec> iovecs_;
};

}  // namespace puntbench
