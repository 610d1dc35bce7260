#include "meters/system_cpu.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/small_file.h"

namespace puntbench {

// Lines "cpuN a b c d e f running waiting slices": the seventh number is run time in ns
// (Documentation/scheduler/sched-stats.rst, since version 15).
std::optional<SystemCpu> parse_schedstat(const std::string& text) {
  std::istringstream lines(text);
  SystemCpu cpu{"schedstat", 0, 1, {}};
  bool found = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, 3, "cpu") != 0) continue;
    std::istringstream fields(line);
    std::string name;
    uint64_t value = 0;
    fields >> name;
    for (int field = 0; field < 7; ++field) fields >> value;
    if (!fields) return std::nullopt;
    cpu.busy_ns += value;
    found = true;
  }
  return found ? std::optional(cpu) : std::nullopt;
}

// "cpu user nice system idle iowait irq softirq steal ..." in USER_HZ (proc(5)).
std::optional<SystemCpu> parse_stat(const std::string& text) {
  std::istringstream fields(text);
  std::string name;
  uint64_t user, nice, system, idle, iowait, irq, softirq;
  if (!(fields >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq)) return std::nullopt;
  const uint64_t tick_ns = kNsPerSecond / static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
  return SystemCpu{"stat", (user + nice + system + irq + softirq) * tick_ns, tick_ns, {}};
}

namespace {

std::optional<SystemCpu> from_schedstat() { return parse_schedstat(read_small_file(AT_FDCWD, "/proc/schedstat")); }

std::optional<SystemCpu> from_stat() { return parse_stat(read_small_file(AT_FDCWD, "/proc/stat")); }

// cgroup v1 counts the root group's time in nanoseconds, over all tasks. A container may show another group under
// the same path. Only the root group holds kernel threads, so thread 2 (kthreadd) must be in its list.
std::optional<SystemCpu> from_cpuacct() {
  for (const char* group : {"/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/cpu,cpuacct"}) {
    FileDescriptor directory(open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) continue;
    const std::string usage = read_small_file(directory.get(), "cpuacct.usage");
    const std::string tasks = '\n' + read_small_file(directory.get(), "tasks");
    if (usage.empty() || tasks.find("\n2\n") == std::string::npos) continue;
    return SystemCpu{"cpuacct", std::strtoull(usage.c_str(), nullptr, 10), 1, {}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SystemCpu> SystemCpu::read() {
  // The kernel adds a task's time when the task leaves the CPU. This sleep makes it add ours.
  sleep_ns(50'000);
  for (const auto& source : {from_schedstat, from_cpuacct, from_stat}) {
    std::optional<SystemCpu> cpu = source();
    if (!cpu) continue;
    cpu->online_cpus = read_small_file(AT_FDCWD, "/sys/devices/system/cpu/online");
    return cpu;
  }
  return std::nullopt;
}

std::optional<uint64_t> SystemCpu::worked_ns_since(const SystemCpu& before) const {
  const bool comparable = std::string_view(source) == before.source && online_cpus == before.online_cpus;
  if (!comparable || busy_ns < before.busy_ns) return std::nullopt;
  return busy_ns - before.busy_ns;
}

}  // namespace puntbench
