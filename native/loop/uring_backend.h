#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "loop/ring.h"
#include "loop/write_queue.h"

namespace puntbench {

// Issues the requests through io_uring; a stream without a file issues NOPs.
class UringBackend {
 public:
  Status open(const WriteQueue& queue) {
    const WriteStream& stream = queue.stream();
    kind_ = stream.kind;
    if (stream.unbatched) reap_limit_ = 1;
    sqe_flags_ = (stream.forced_async ? IOSQE_ASYNC : 0u) | (stream.drained ? IOSQE_IO_DRAIN : 0u);
    const unsigned requests = stream.queue_depth * (kind_.linked(false) ? 2 : 1);
    const unsigned entries = requests > kMinRingEntries ? requests : kMinRingEntries;
    if (Status status = ring_.open(entries, stream.ring, stream.iowq_workers); !status.ok()) return status;
    if (stream.forced_async) ring_.limit_unbounded_workers();
    if (stream.fds.empty()) return {};
    names_ = &stream.names;
    folder_ = stream.folder;
    iovecs_.resize(stream.queue_depth);
    written_.resize(stream.queue_depth);
    if (kind_.operation == Operation::kStatx) statx_.resize(stream.queue_depth);
    return register_resources(queue);
  }

  unsigned fill(const Slot& slot) noexcept {
    io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
    prepare(sqe, slot);
    sqe->user_data = slot.index;
    if (slot.fd < 0 || slot.sync || !kind_.linked(slot.read)) return 1;
    sqe->flags |= IOSQE_IO_LINK;
    sqe->user_data |= kHeadOfLink;
    sqe = io_uring_get_sqe(ring_.get());
    io_uring_prep_fsync(sqe, file_of(slot), IORING_FSYNC_DATASYNC);
    set_flags(sqe, slot);
    sqe->user_data = slot.index;
    return 2;
  }

  // Also runs the completions that have arrived (GETEVENTS without waiting). With DEFER_TASKRUN nothing is ready to
  // reap before that, and a busy device then needs one system call for each batch.
  int submit() noexcept { return io_uring_submit_and_get_events(ring_.get()); }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    return ring_.reap(
        [&](uint64_t user_data, int result) {
          if ((user_data & kHeadOfLink) != 0) written_[user_data & ~kHeadOfLink] = result;
          else complete(user_data, result_of(user_data, result));
        },
        reap_limit_);
  }

  int wait(uint64_t timeout_ns) noexcept { return ring_.wait(timeout_ns); }

  Ring& ring() noexcept { return ring_; }

 private:
  // In the user data of a write that has an fdatasync behind it.
  static constexpr uint64_t kHeadOfLink = uint64_t{1} << 32;

  Status register_resources(const WriteQueue& queue) {
    const WriteStream& stream = queue.stream();
    registered_buffers_ = stream.registered_buffers;
    if (registered_buffers_) {
      iovec region{queue.memory().data(), queue.memory().size()};
      const int result = io_uring_register_buffers(ring_.get(), &region, 1);
      if (result < 0) return {result, "io_uring_register_buffers"};
    }
    // Whoever registers buffers to save work for each write registers the files too.
    fixed_files_ = kind_.fixed_files || registered_buffers_;
    if (!fixed_files_) return {};
    const auto files = static_cast<unsigned>(stream.fds.size());
    return {io_uring_register_files(ring_.get(), stream.fds.data(), files), "io_uring_register_files"};
  }

  void prepare(io_uring_sqe* sqe, const Slot& slot) noexcept {
    if (slot.fd < 0) {
      io_uring_prep_nop(sqe);
    } else if (slot.sync) {
      io_uring_prep_fsync(sqe, file_of(slot), kind_.syncs_metadata() ? 0 : IORING_FSYNC_DATASYNC);
    } else if (kind_.moves_data()) {
      prepare_data(sqe, slot, file_of(slot));
    } else {
      prepare_other(sqe, slot);
    }
    set_flags(sqe, slot);
    if (slot.fd >= 0 && !slot.sync && kind_.moves_data()) sqe->rw_flags = kind_.rw_flags(slot.read);
  }

  void prepare_data(io_uring_sqe* sqe, const Slot& slot, int file) noexcept {
    if (kind_.vectored) {
      iovecs_[slot.index] = {slot.buffer, slot.bytes};
      (slot.read ? io_uring_prep_readv : io_uring_prep_writev)(sqe, file, &iovecs_[slot.index], 1, slot.offset);
    } else if (registered_buffers_) {
      (slot.read ? io_uring_prep_read_fixed(sqe, file, slot.buffer, slot.bytes, slot.offset, 0)
                 : io_uring_prep_write_fixed(sqe, file, slot.buffer, slot.bytes, slot.offset, 0));
    } else {
      (slot.read ? io_uring_prep_read(sqe, file, slot.buffer, slot.bytes, slot.offset)
                 : io_uring_prep_write(sqe, file, slot.buffer, slot.bytes, slot.offset));
    }
  }

  void prepare_other(io_uring_sqe* sqe, const Slot& slot) noexcept {
    switch (kind_.operation) {
      case Operation::kFallocate:
        return io_uring_prep_fallocate(sqe, file_of(slot), 0, slot.offset, slot.bytes);
      case Operation::kOpenat:
        return io_uring_prep_openat(sqe, folder_, (*names_)[slot.file].c_str(), kOpenatFlags, 0);
      case Operation::kStatx:
        return io_uring_prep_statx(sqe, folder_, (*names_)[slot.file].c_str(), 0, STATX_BASIC_STATS,
                                   &statx_[slot.index]);
      default: return io_uring_prep_fsync(sqe, file_of(slot), 0);
    }
  }

  int file_of(const Slot& slot) const noexcept { return fixed_files_ ? static_cast<int>(slot.file) : slot.fd; }

  void set_flags(io_uring_sqe* sqe, const Slot& slot) const noexcept {
    sqe->flags |= static_cast<uint8_t>(sqe_flags_ | (fixed_files_ && slot.fd >= 0 && !kind_.names_path() ? IOSQE_FIXED_FILE : 0u));
  }

  // An fdatasync stands for its write too: a write that failed or was short cancels it (-ECANCELED). A file that an
  // openat has opened is closed at once, outside of the request's latency.
  int64_t result_of(uint64_t slot, int result) noexcept {
    if (kind_.operation == Operation::kOpenat && result >= 0) return close(result);
    if (!kind_.linked(false) || written_.empty()) return result;
    const int64_t written = std::exchange(written_[slot], 0);
    return result == 0 || result == -ECANCELED ? written : result;
  }

  Ring ring_;
  RequestKind kind_;
  std::vector<iovec> iovecs_;    // of vectored requests, one for each slot
  std::vector<struct statx> statx_;  // answers, one for each slot
  const std::vector<std::string>* names_ = nullptr;
  int folder_ = -1;
  std::vector<int64_t> written_;  // results of writes whose fdatasync is under way
  unsigned reap_limit_ = ~0u;
  unsigned sqe_flags_ = 0;
  bool registered_buffers_ = false;
  bool fixed_files_ = false;
};

}  // namespace puntbench
