#pragma once

#include <cstdint>
#include <optional>

namespace puntbench {

// CPU time that the whole machine has spent working (not idle, not waiting for I/O, not stolen).
struct SystemCpu {
  uint64_t busy_ns = 0;
  uint64_t resolution_ns = 0;  // 1 from /proc/schedstat, else the USER_HZ tick of /proc/stat

  // /proc/schedstat counts in nanoseconds where the kernel has CONFIG_SCHEDSTATS; it sees tasks, kworkers
  // among them, but not interrupts. /proc/stat counts all in ticks. Empty when neither is readable.
  static std::optional<SystemCpu> read();
};

}  // namespace puntbench
