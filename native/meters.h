#pragma once

#include <sys/resource.h>

#include "clock.h"
#include "system_cpu.h"
#include "trial.h"

namespace puntbench {

// Starts every per-trial counter before the loop and reads it after. The order keeps the cheap and exact
// ones innermost, so that reading one meter is not measured by the next.
class Meters {
 public:
  enum class Workers { kNone, kSampled, kCountedOnce };

  Status open(const PuntTracepoint* tracepoint, Workers workers);
  void start();
  void stop(TrialMeasurement& measurement);

 private:
  std::optional<PuntCounter> punts_;
  std::optional<WorkerCensus> workers_;
  bool sample_workers_ = false;
  std::optional<SystemCpu> system_before_;
  rusage usage_before_{};
  uint64_t cpu_before_ns_ = 0;
};

}  // namespace puntbench
