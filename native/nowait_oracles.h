#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "status.h"

namespace puntbench {

// Asks the filesystem the question that io_uring asks before it punts: one write with IOCB_NOWAIT, set by
// RWF_NOWAIT. The write is never handed to a worker; a refusal comes back instead.
class NowaitOracle {
 public:
  virtual ~NowaitOracle() = default;

  // Not ok: this process may not use, or this kernel lacks, the system calls.
  virtual Status open() = 0;

  // Bytes written: it would be issued inline. -EAGAIN: the filesystem would have to wait, so io_uring
  // punts. -EOPNOTSUPP: it never writes without waiting, so io_uring always punts.
  virtual int write(int fd, const void* data, uint32_t bytes, uint64_t offset) noexcept = 0;
};

enum class Oracle { kIoUring, kPwritev2, kLibaio };
constexpr size_t kOracles = 3;

// kIoUring: IORING_OP_WRITE with RWF_NOWAIT. io_rw_init_file sets REQ_F_NOWAIT, so the CQE holds -EAGAIN
// instead of a punt. It alone sees what io_uring itself checks before the filesystem is asked.
// kPwritev2 and kLibaio: the same flag on kernels or in containers where io_uring is forbidden.
std::unique_ptr<NowaitOracle> make_nowait_oracle(Oracle oracle);

}  // namespace puntbench
