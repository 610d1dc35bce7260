#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace puntbench {

// CPU time that the whole machine has spent working (not idle, not waiting for I/O, not stolen).
struct SystemCpu {
  const char* source = "";     // which definition: "schedstat", "cpuacct" or "stat"
  uint64_t busy_ns = 0;
  uint64_t resolution_ns = 0;  // 1, or the USER_HZ tick of /proc/stat
  std::string online_cpus;     // "0-3"; a CPU that leaves takes its time out of /proc/schedstat

  // The first that this kernel has: /proc/schedstat (CONFIG_SCHEDSTATS) and the root group's cpuacct.usage
  // (cgroup v1), both in nanoseconds over all tasks, kworkers among them; else /proc/stat, in ticks, with interrupts.
  static std::optional<SystemCpu> read();

  // Empty where the two readings do not compare: CPUs came or went between them, or the source changed.
  std::optional<uint64_t> worked_ns_since(const SystemCpu& before) const;
};

// The texts of /proc/schedstat and /proc/stat; empty where they are not of that form.
std::optional<SystemCpu> parse_schedstat(const std::string& text);
std::optional<SystemCpu> parse_stat(const std::string& text);

}  // namespace puntbench
