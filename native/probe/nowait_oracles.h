#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/status.h"

namespace puntbench {

// Tries what io_uring tries before it punts: one write with IOCB_NOWAIT, which RWF_NOWAIT sets. The kernel
// returns a refusal and never hands the write to a worker.
class NowaitOracle {
 public:
  virtual ~NowaitOracle() = default;

  // Not ok: this process may not use the system calls, or this kernel does not have them.
  virtual Status open() = 0;

  // Bytes written: io_uring would issue the write inline. -EAGAIN: the filesystem would have to wait, so io_uring
  // punts. -EOPNOTSUPP: the filesystem never writes without waiting, so io_uring always punts.
  virtual int write(int fd, const void* data, uint32_t bytes, uint64_t offset) noexcept = 0;
};

enum class Oracle { kIoUring, kPwritev2, kLibaio };
constexpr size_t kOracles = 3;

// kIoUring: IORING_OP_WRITE with RWF_NOWAIT. io_rw_init_file sets REQ_F_NOWAIT, so the CQE holds -EAGAIN
// instead of a punt. Only this oracle includes the checks that io_uring makes before it calls the filesystem.
// kPwritev2 and kLibaio: the same flag, for kernels and containers that forbid io_uring.
std::unique_ptr<NowaitOracle> make_nowait_oracle(Oracle oracle);

}  // namespace puntbench
