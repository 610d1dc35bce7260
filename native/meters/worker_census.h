#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace puntbench {

struct SwitchCounts {
  uint64_t voluntary = 0;
  uint64_t involuntary = 0;
};

// From the text of /proc/PID/status (proc(5)); what it does not hold is 0.
SwitchCounts parse_switches(const std::string& status);

struct WorkerUsage {
  uint64_t peak = 0;  // most workers alive at one time
  double mean = 0;    // over the samples
  uint64_t samples = 0;
  std::optional<uint64_t> cpu_ns;  // empty: the kernel does not count the run time of threads
  SwitchCounts switches;

  // Adds the workers of another submitter, which ran at the same time.
  void add(const WorkerUsage& other);
};

// Counts the io-wq workers of one submitter and what they used, from /proc/self/task. From Linux 5.12 they
// are threads of the process, called `iou-wrk-<tid of the submitter>`. CLOCK_THREAD_CPUTIME_ID and
// RUSAGE_THREAD of the submitter do not include them. A sampler thread reads them while they live, because
// idle ones may exit before the end.
class WorkerCensus {
 public:
  explicit WorkerCensus(pid_t submitter);
  ~WorkerCensus() { stop(); }

  void start();
  // Counts from here on: what the workers have used until now is left out.
  void restart();
  // Ends sampling, then counts once more. Call it while the ring is open: from 7.0 the workers exit with it.
  WorkerUsage finish();

 private:
  struct Worker {
    uint64_t cpu_ns = 0;
    SwitchCounts switches;
  };

  enum class Detail { kCpu, kCpuAndSwitches };

  void sample(Detail detail);
  void stop();
  void sample_until_stopped();
  bool is_worker(const std::string& tid) const;

  const std::string name_;
  const bool foreign_pid_namespace_;
  std::set<std::string> others_;  // threads that existed before the trial
  std::map<std::string, Worker> workers_;
  std::map<std::string, Worker> before_;  // workers_ where counting began
  uint64_t peak_ = 0;
  uint64_t samples_ = 0;
  uint64_t seen_ = 0;  // sum over samples

  std::thread sampler_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace puntbench
