#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/status.h"

namespace puntbench {

// Hits of io_uring:io_uring_queue_async_work. A count is empty where it could not be read, or where this kernel has
// no field to filter by.
struct PuntCounts {
  std::optional<uint64_t> total;
  std::optional<uint64_t> forced;  // REQ_F_FORCE_ASYNC was set: requested by IOSQE_ASYNC, not caused by -EAGAIN
  std::optional<uint64_t> hashed;  // one at a time per inode
  std::optional<uint64_t> fsyncs;  // IORING_OP_FSYNC; only where asked for

  void add(const PuntCounts& other);
};

// The punt tracepoint: its id, and filters with the field names of this kernel.
struct PuntTracepoint {
  uint64_t id = 0;
  std::string forced_filter;  // empty: the tracepoint has no `flags`
  std::string hashed_filter;  // empty: it has neither `rw` (to 6.19) nor `hashed` (from 7.0)
  std::string fsync_filter;   // empty: the tracepoint has no `opcode`

  // Reads id and format from tracefs. -ENOENT: this kernel has no such tracepoint.
  static Status find(PuntTracepoint& tracepoint);
};

// Chooses the filters by the text of the tracepoint's `format` file.
void choose_filters(const std::string& format, PuntTracepoint& tracepoint);

// Counts only the punts of one thread, because the tracepoint fires in the context of the submitter. Under SQPOLL that is
// a thread of the kernel. Threads do not inherit the events, because PERF_EVENT_IOC_RESET does not reset the
// counts of exited children.
class PuntCounter {
 public:
  enum class Fsyncs { kNotCounted, kCounted };

  // `submitter` 0: the calling thread.
  Status open(const PuntTracepoint& tracepoint, Fsyncs fsyncs = Fsyncs::kNotCounted, pid_t submitter = 0);
  void start() noexcept;
  void stop() noexcept;
  PuntCounts read() const;

 private:
  FileDescriptor total_;
  FileDescriptor forced_;
  FileDescriptor hashed_;
  FileDescriptor fsyncs_;
};

}  // namespace puntbench
