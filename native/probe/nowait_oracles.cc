#include "probe/nowait_oracles.h"

#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "loop/ring.h"

namespace puntbench {
namespace {

class IoUringOracle final : public NowaitOracle {
 public:
  Status open() override { return ring_.open(1); }

  int write(int fd, const void* data, uint32_t bytes, uint64_t offset) noexcept override {
    io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
    io_uring_prep_write(sqe, fd, data, bytes, offset);
    sqe->rw_flags = RWF_NOWAIT;
    if (const int submitted = io_uring_submit(ring_.get()); submitted < 0) return submitted;
    io_uring_cqe* cqe = nullptr;
    if (const int waited = io_uring_wait_cqe(ring_.get(), &cqe); waited < 0) return waited;
    const int result = cqe->res;
    io_uring_cqe_seen(ring_.get(), cqe);
    return result;
  }

 private:
  Ring ring_;
};

class Pwritev2Oracle final : public NowaitOracle {
 public:
  Status open() override { return {}; }

  int write(int fd, const void* data, uint32_t bytes, uint64_t offset) noexcept override {
    const iovec region{const_cast<void*>(data), bytes};
    const ssize_t n = pwritev2(fd, &region, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    return n < 0 ? -errno : static_cast<int>(n);
  }
};

class LibaioOracle final : public NowaitOracle {
 public:
  ~LibaioOracle() override {
    if (context_ != 0) syscall(SYS_io_destroy, context_);
  }

  Status open() override {
    return syscall(SYS_io_setup, 1, &context_) == 0 ? Status{} : Status::last_errno("io_setup");
  }

  int write(int fd, const void* data, uint32_t bytes, uint64_t offset) noexcept override {
    iocb request{};
    request.aio_lio_opcode = IOCB_CMD_PWRITE;
    request.aio_fildes = static_cast<uint32_t>(fd);
    request.aio_buf = reinterpret_cast<uint64_t>(data);
    request.aio_nbytes = bytes;
    request.aio_offset = static_cast<int64_t>(offset);
    request.aio_rw_flags = RWF_NOWAIT;
    iocb* requests[] = {&request};
    // The event holds a refusal of the filesystem (aio_rw_done). Only a missing feature fails here.
    if (syscall(SYS_io_submit, context_, 1, requests) != 1) return -errno;
    io_event event{};
    long n;
    do {
      n = syscall(SYS_io_getevents, context_, 1, 1, &event, nullptr);
    } while (n < 0 && errno == EINTR);
    return n == 1 ? static_cast<int>(event.res) : -errno;
  }

 private:
  aio_context_t context_ = 0;
};

}  // namespace

std::unique_ptr<NowaitOracle> make_nowait_oracle(Oracle oracle) {
  switch (oracle) {
    case Oracle::kIoUring: return std::make_unique<IoUringOracle>();
    case Oracle::kPwritev2: return std::make_unique<Pwritev2Oracle>();
    case Oracle::kLibaio: return std::make_unique<LibaioOracle>();
  }
  return nullptr;
}

}  // namespace puntbench
