#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "file_descriptor.h"
#include "status.h"

namespace puntbench {

// Hits of io_uring:io_uring_queue_async_work. A filter that this kernel lacks leaves its count empty.
struct PuntCounts {
  uint64_t total = 0;
  std::optional<uint64_t> forced;  // REQ_F_FORCE_ASYNC was set: asked for, not provoked by -EAGAIN
  std::optional<uint64_t> hashed;  // one at a time per inode
};

// Where the kernel keeps the punt tracepoint, and how its fields are called in this version.
struct PuntTracepoint {
  uint64_t id = 0;
  std::string forced_filter;  // empty: the tracepoint has no `flags`
  std::string hashed_filter;  // empty: neither `rw` (to 6.19) nor `hashed` (from 7.0)

  // Reads id and format from tracefs. -ENOENT: this kernel has no such tracepoint.
  static Status find(PuntTracepoint& tracepoint);
};

// Counts the punts of the thread that opened it, and of no other: the tracepoint fires in the context of
// the submitter (except under SQPOLL). Nothing is inherited by threads, because counts of exited children
// survive PERF_EVENT_IOC_RESET.
class PuntCounter {
 public:
  Status open(const PuntTracepoint& tracepoint);
  void start() noexcept;
  void stop() noexcept;
  PuntCounts read() const;

 private:
  FileDescriptor total_;
  FileDescriptor forced_;
  FileDescriptor hashed_;
};

}  // namespace puntbench
