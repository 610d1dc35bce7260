#pragma once

#include <linux/aio_abi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "loop/write_queue.h"

namespace puntbench {

// Control arm `libaio`: the same reads and writes through io_submit and io_getevents. It makes the system calls directly,
// because libaio adds nothing to them.
class AioBackend {
 public:
  ~AioBackend() {
    if (context_ != 0) syscall(SYS_io_destroy, context_);
  }

  Status open(const WriteQueue& queue) {
    stream_ = &queue.stream();
    const uint32_t depth = stream_->queue_depth;
    requests_.resize(depth);
    events_.resize(depth);
    filled_.reserve(depth);
    if (syscall(SYS_io_setup, depth, &context_) != 0) return Status::last_errno("io_setup");
    return {};
  }

  unsigned fill(const Slot& slot) noexcept {
    iocb& request = requests_[slot.index];
    request = {};
    request.aio_data = slot.index;
    request.aio_fildes = static_cast<uint32_t>(slot.fd);
    filled_.push_back(&request);
    if (slot.sync) {
      request.aio_lio_opcode = stream_->kind.syncs_metadata() ? IOCB_CMD_FSYNC : IOCB_CMD_FDSYNC;
      return 1;
    }
    request.aio_lio_opcode = slot.read ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE;
    request.aio_rw_flags = stream_->kind.rw_flags(slot.read);
    request.aio_buf = reinterpret_cast<uint64_t>(slot.buffer);
    request.aio_nbytes = slot.bytes;
    request.aio_offset = static_cast<int64_t>(slot.offset);
    return 1;
  }

  int submit() noexcept {
    size_t submitted = 0;
    while (submitted < filled_.size()) {
      const long n = syscall(SYS_io_submit, context_, filled_.size() - submitted, filled_.data() + submitted);
      if (n < 0) {
        const int error = -errno;
        filled_.erase(filled_.begin(), filled_.begin() + static_cast<long>(submitted));
        return submitted > 0 ? static_cast<int>(submitted) : error;
      }
      submitted += static_cast<size_t>(n);
    }
    filled_.clear();
    return static_cast<int>(submitted);
  }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    if (ready_ == 0) get_events(0, 0);
    const unsigned ready = ready_;
    for (unsigned i = 0; i < ready; ++i) complete(events_[i].data, events_[i].res);
    ready_ = 0;
    return ready;
  }

  int wait(uint64_t timeout_ns) noexcept { return get_events(1, timeout_ns); }

 private:
  int get_events(long at_least, uint64_t timeout_ns) noexcept {
    timespec timeout = to_timespec(timeout_ns);
    const long n = syscall(SYS_io_getevents, context_, at_least, events_.size(), events_.data(),
                           timeout_ns == kForever ? nullptr : &timeout);
    if (n < 0) return -errno;
    ready_ = static_cast<unsigned>(n);
    return 0;
  }

  const WriteStream* stream_ = nullptr;
  aio_context_t context_ = 0;
  std::vector<iocb> requests_;
  std::vector<iocb*> filled_;
  std::vector<io_event> events_;
  unsigned ready_ = 0;
};

}  // namespace puntbench
