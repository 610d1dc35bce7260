#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/extents.h"
#include "files/preparation.h"
#include "meters/meters.h"
#include "base/status.h"
#include "loop/write_stream.h"

namespace puntbench {

// Name of the thread that submits a trial's writes.
constexpr char kSubmitterName[] = "puntbench-trial";

// How the writes are issued.
enum class Arm { kInline, kUnbatched, kOwnFiles, kForced, kForcedOwnFiles, kPsync, kLibaio };

// The arm of this name (`ARMS` in results/vocabulary.ts); empty for an unknown one.
std::optional<Arm> arm_named(std::string_view name);

struct TrialRequest {
  std::string path;  // the trial creates and removes it; of several files, the others are path.1, path.2, ...
  dev_t device = 0;  // a block device: its node at `path` takes the place of the file
  Preparation preparation = Preparation::kNoFallocate;
  Arm arm = Arm::kInline;
  uint32_t queue_depth = 1;
  RequestSizes sizes;
  uint64_t file_bytes = 0;  // what the requests move: of all files together, and of both passes of Order::kRecycled
  uint32_t files = 1;       // an arm with a file per slot has as many as slots
  uint32_t extents = 1;     // that the data of each file is in at least; 1: as the filesystem makes them
  bool cold_inodes = false;  // the kernel loads the inodes anew before the first request
  bool fill_page_cache = false;  // every page of the prepared files is in the page cache
  uint32_t rings = 1;       // a thread each; io_uring only
  Order order = Order::kSequential;
  uint64_t stat_interval_ns = 0;  // another thread asks for the files' timestamps so often; 0: never
  RequestKind kind;
  uint64_t seed = 0;
  uint64_t interval_ns = 0;
  uint32_t think_requests = 0;
  uint64_t think_ns = 0;
  uint64_t ramp_ns = 0;
  uint64_t duration_ns = 0;
  bool registered_buffers = false;
  RingMode ring = RingMode::kBest;
  uint32_t iowq_workers = 0;
  bool drained = false;  // io_uring only: each write waits for all before it (IOSQE_IO_DRAIN)
  uint64_t settle_ns = 0;
  // Count workers only at the end. With instruction counting, the guest's time jumps while it waits for the host's
  // disk: a timer would then take a different number of samples, and so of instructions, in each trial.
  bool count_workers_once = false;
  bool keep_file = false;  // for tests that read back what was written
  // Writes to a file that exists, and leaves it there: the caller can then look at its state between preparation
  // and writes.
  bool existing_file = false;
  bool prepare_only = false;  // ends before the first write
};

// What kernel workers spent while the trial rested between preparation and writes.
struct KernelWorkersIdle {
  uint64_t cpu_ns = 0;
  uint64_t wall_ns = 0;
};

// Everything measured in one trial. An empty optional was not measured.
struct TrialMeasurement {
  pid_t submitter_tid = 0;
  std::optional<WriteRecord> record;
  MeterReadings meters;
  std::optional<ExtentState> extents_before;
  std::optional<ExtentState> extents_after;
  std::optional<KernelWorkersIdle> kernel_workers_idle;
  uint64_t preparation_ns = 0;
  uint64_t preparation_bytes = 0;
  std::optional<unsigned> ring_flags;
  unsigned ring_entries = 0;
  unsigned worker_limit = 0;
  bool syncs_beside = false;   // fsyncs came beside the requests of the stream: linked, or after each group
  bool linked_fsyncs = false;  // an fdatasync was linked behind each write
};

// Runs one trial on the calling thread, from creation to removal of its file. The thread should be new: the
// io-wq workers of its ring then serve no other ring. If `tracepoint` is null, punts are not counted.
// A failed write is in the record, not in the status. -ECANCELED: `cancelled` was set.
Status run_trial(const TrialRequest& request, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                 TrialMeasurement& measurement);

// Sends NOPs through the same loop. Without a file this measures the instrument alone.
// -ETIMEDOUT: `cancelled` was set before all NOPs had completed.
Status run_nops(uint64_t operations, uint32_t queue_depth, bool forced, const PuntTracepoint* tracepoint,
                const std::atomic<bool>& cancelled, TrialMeasurement& measurement);

}  // namespace puntbench
