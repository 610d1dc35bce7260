#pragma once

#include <sys/resource.h>

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "meters/kernel_threads.h"
#include "meters/punt_counter.h"
#include "meters/system_cpu.h"
#include "meters/worker_census.h"

namespace puntbench {

// What the meters read over one loop. An empty optional was not measured.
struct MeterReadings {
  std::optional<PuntCounts> punts;
  std::optional<WorkerUsage> workers;  // io_uring arms only; empty where io-wq workers are kernel threads
  uint64_t submitter_cpu_ns = 0;  // with that of a thread of the kernel that submits (SQPOLL)
  SwitchCounts submitter_switches;
  std::optional<uint64_t> kernel_workers_cpu_ns;
  std::optional<uint64_t> system_cpu_ns;
  std::optional<SystemCpu> system_cpu;  // the last reading: its source and resolution
  std::vector<std::string> warnings;    // why something is empty

  // Adds what another submitter used at the same time. What concerns the whole system is not added.
  void add(const MeterReadings& other);
};

// Reads every counter of a trial where its counted part begins, and again where it ends. The cheap and exact counters
// start last and stop first, so that they do not measure the reading of the others.
class Meters {
 public:
  enum class Workers { kNone, kSampled, kCountedOnce };

  // What to read. Without a tracepoint, punts are not counted.
  struct Plan {
    const PuntTracepoint* tracepoint = nullptr;
    Workers workers = Workers::kNone;
    PuntCounter::Fsyncs fsyncs = PuntCounter::Fsyncs::kNotCounted;
  };

  // `submitter`: the calling thread, or the thread of the kernel that submits for it; its CPU time counts too.
  Status open(const Plan& plan, pid_t submitter);
  // Starts the thread that samples workers. Before the counted part.
  void sample_workers();
  // Reads /proc for where the slow counters stand; takes milliseconds. Any thread may call it.
  void start_slow();
  // Only the submitter may call it, when start_slow() has ended.
  void start_fast() noexcept;
  MeterReadings stop();

 private:
  void read_system(MeterReadings& readings) const;

  std::optional<PuntCounter> punts_;
  std::optional<WorkerCensus> workers_;
  bool sample_workers_ = false;
  pid_t kernel_submitter_ = 0;  // 0: the calling thread submits
  std::optional<SystemCpu> system_before_;
  KernelThreads kernel_threads_before_;
  rusage usage_before_{};
  uint64_t cpu_before_ns_ = 0;
};

}  // namespace puntbench
