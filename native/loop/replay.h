#pragma once

#include <atomic>
#include <vector>

#include "loop/replay_plan.h"
#include "loop/trial.h"

namespace puntbench {

struct ReplayMeasurement {
  std::vector<TrialMeasurement> rings;
  uint64_t calls_failed = 0;
  uint64_t calls_late_ns_max = 0;  // paced only
};

// Issues the requests of a plan, each ring on a thread of its own, and its system calls on another one. A failed request
// is in the record, not in the status. -ECANCELED: `cancelled` was set.
Status run_replay(const ReplayPlan& plan, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                  ReplayMeasurement& measurement);

}  // namespace puntbench
