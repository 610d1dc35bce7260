#include "meters/kernel_threads.h"

#include <dirent.h>

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "base/small_file.h"

namespace puntbench {

// include/linux/sched.h; the flags are the ninth field of /proc/PID/stat (proc_pid_stat(5)).
static constexpr uint64_t kKernelThreadFlag = 0x00200000;

// Beginnings of names. Besides io-wq workers ("io_wqe_worker-0", "io_wq_manager" in fs/io-wq.c before 5.12): threads of
// the memory management (mm/damon/core.c, mm/khugepaged.c, mm/compaction.c, mm/ksm.c), of the source of random numbers
// (drivers/char/hw_random/core.c), of audit (kernel/audit.c) and of pressure stalls (kernel/sched/psi.c).
static constexpr std::string_view kNotForWrites[] = {"io_wq", "kdamond", "khugepaged", "kcompactd",
                                                     "ksmd",  "hwrng",   "kauditd",    "psimon"};

bool is_kernel_worker(const std::string& stat) {
  // The name stands in parentheses and may hold anything, so the fields are read from behind the last one.
  const size_t name_end = stat.rfind(')');
  const size_t name_begin = stat.find('(');
  if (name_end == std::string::npos || name_begin > name_end) return false;
  const std::string_view name(stat.data() + name_begin + 1, name_end - name_begin - 1);
  for (const std::string_view other : kNotForWrites) {
    if (name.starts_with(other)) return false;
  }
  std::istringstream fields(stat.substr(name_end + 1));
  std::string state;
  int64_t parent, group, session, terminal, terminal_group;
  uint64_t flags = 0;
  fields >> state >> parent >> group >> session >> terminal >> terminal_group >> flags;
  return fields && (flags & kKernelThreadFlag) != 0;
}

namespace {

std::string process_file(const std::string& pid, const char* name) {
  return read_small_file(AT_FDCWD, ("/proc/" + pid + '/' + name).c_str());
}

// The first thread of this process has run, so 0 means that the kernel does not count (no CONFIG_SCHED_INFO). The calling
// thread may be so new that it has no run time yet.
bool kernel_counts_run_time() {
  return std::strtoull(read_small_file(AT_FDCWD, "/proc/self/schedstat").c_str(), nullptr, 10) > 0;
}

}  // namespace

KernelThreads KernelThreads::read() {
  KernelThreads threads;
  if (!kernel_counts_run_time()) {
    threads.unknown_because_ = "this kernel has no run time of threads (/proc/PID/schedstat)";
    return threads;
  }
  DIR* processes = opendir("/proc");
  while (const dirent* entry = processes ? readdir(processes) : nullptr) {
    const std::string pid = entry->d_name;
    if (!std::isdigit(static_cast<unsigned char>(pid[0])) || !is_kernel_worker(process_file(pid, "stat"))) continue;
    const std::string run_time = process_file(pid, "schedstat");
    if (run_time.empty()) continue;  // it has just exited
    threads.run_ns_[static_cast<pid_t>(std::atoi(pid.c_str()))] = std::strtoull(run_time.c_str(), nullptr, 10);
  }
  if (processes) closedir(processes);
  if (threads.run_ns_.empty()) {
    threads.unknown_because_ = "/proc shows no kernel threads (a PID namespace of a container, or hidepid)";
  }
  return threads;
}

uint64_t KernelThreads::worked_ns_since(const KernelThreads& before) const {
  uint64_t sum = 0;
  for (const auto& [pid, run_ns] : run_ns_) {
    const auto earlier = before.run_ns_.find(pid);
    // A smaller value than before belongs to a new thread with the pid of one that has exited.
    const bool same = earlier != before.run_ns_.end() && earlier->second <= run_ns;
    sum += same ? run_ns - earlier->second : run_ns;
  }
  return sum;
}

}  // namespace puntbench
