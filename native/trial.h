#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "extents.h"
#include "preparation.h"
#include "punt_counter.h"
#include "status.h"
#include "worker_census.h"
#include "write_stream.h"

namespace puntbench {

// Name of the thread that submits a trial's writes.
constexpr char kSubmitterName[] = "puntbench-trial";

enum class Arm { kInline, kForced, kPsync, kLibaio };

struct TrialRequest {
  std::string path;  // created by the trial, which also removes it
  Preparation preparation = Preparation::kNoFallocate;
  Arm arm = Arm::kInline;
  uint32_t queue_depth = 1;
  uint32_t block_bytes = 4096;
  uint64_t file_bytes = 0;
  bool random_order = false;
  uint64_t seed = 0;
  uint64_t interval_ns = 0;
  bool registered_buffers = false;
  bool drained = false;  // io_uring only: each write waits for all before it (IOSQE_IO_DRAIN)
  uint64_t settle_ns = 0;
  // Count workers at the end only: where guest time jumps while it waits for the host's disk, sampling on a
  // timer would take a different number of samples, and of instructions, each time.
  bool count_workers_once = false;
  bool keep_file = false;  // for tests that read back what was written
  // Writes to a file as somebody else prepared it, and leaves it there: so that its state can be looked at
  // between preparation and writes.
  bool existing_file = false;
  bool prepare_only = false;  // ends before the first write
};

struct SwitchCounts {
  uint64_t voluntary = 0;
  uint64_t involuntary = 0;
};

// Everything measured in one trial. An empty optional was not measured.
struct TrialMeasurement {
  pid_t submitter_tid = 0;
  uint32_t block_bytes = 0;  // of one write; 0 for NOPs
  std::optional<WriteRecord> record;
  std::optional<PuntCounts> punts;
  std::optional<WorkerUsage> workers;  // io_uring arms only
  uint64_t submitter_cpu_ns = 0;
  SwitchCounts submitter_switches;
  std::optional<uint64_t> system_cpu_ns;
  uint64_t system_cpu_resolution_ns = 0;
  std::optional<ExtentState> extents_before;
  std::optional<ExtentState> extents_after;
  uint64_t preparation_ns = 0;
  uint64_t preparation_bytes = 0;
  std::optional<unsigned> ring_flags;
  unsigned ring_entries = 0;
  unsigned worker_limit = 0;
};

// One trial from creation to removal of its file, on the calling thread, which should be a fresh one: its
// ring's io-wq workers are then its own. `tracepoint` may be null: punts are then not counted.
// A write that failed is in the record, not in the status. -ECANCELED when `cancelled` was set.
Status run_trial(const TrialRequest& request, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                 TrialMeasurement& measurement);

// A stream of NOPs through the same loop: no file, so nothing but the instrument is measured.
Status run_nops(uint64_t operations, uint32_t queue_depth, bool forced, const PuntTracepoint* tracepoint,
                TrialMeasurement& measurement);

}  // namespace puntbench
