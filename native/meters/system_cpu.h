#pragma once

#include <cstdint>
#include <optional>

namespace puntbench {

// CPU time that the whole machine has spent working (not idle, not waiting for I/O, not stolen).
struct SystemCpu {
  uint64_t busy_ns = 0;
  uint64_t resolution_ns = 0;  // 1, or the USER_HZ tick of /proc/stat

  // The first that this kernel has: /proc/schedstat (CONFIG_SCHEDSTATS) and the root group's cpuacct.usage
  // (cgroup v1), both in nanoseconds over all tasks, kworkers among them; else /proc/stat, in ticks.
  static std::optional<SystemCpu> read();
};

}  // namespace puntbench
