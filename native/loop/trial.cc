#include "loop/trial.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <barrier>
#include <thread>
#include <type_traits>

#include "base/caught.h"
#include "base/clock.h"
#include "base/named.h"
#include "files/file_set.h"
#include "files/stat_beside.h"
#include "loop/aio_backend.h"
#include "loop/psync_backend.h"
#include "loop/uring_backend.h"
#include "loop/write_loop.h"

namespace puntbench {
namespace {

bool has_file_per_slot(Arm arm) { return arm == Arm::kOwnFiles || arm == Arm::kForcedOwnFiles; }

FileSetPlan files_of(const TrialRequest& request) {
  const uint32_t files = has_file_per_slot(request.arm) ? request.queue_depth : request.files;
  const uint64_t bytes = request.file_bytes / passes_of(request.order) / files;
  const uint64_t bytes_each = bytes / request.sizes.smallest_bytes * request.sizes.smallest_bytes;
  return {request.path, files, bytes_each, request.device, request.existing_file, request.keep_file};
}

// Waits until the device is calm again, and measures kernel workers meanwhile: nobody writes, so whatever they do has
// nothing to do with the trial, or is left over from its preparation.
std::optional<KernelWorkersIdle> rest(uint64_t settle_ns) {
  if (settle_ns == 0) return std::nullopt;
  const KernelThreads before = KernelThreads::read();
  const uint64_t start = now_ns();
  sleep_ns(settle_ns);
  const uint64_t wall_ns = now_ns() - start;
  const KernelThreads after = KernelThreads::read();
  if (before.unknown_because() || after.unknown_because()) return std::nullopt;
  return KernelWorkersIdle{after.worked_ns_since(before), wall_ns};
}

// Leaves prepared files whose state the device knows.
Status prepare(const TrialRequest& request, const FileSet& files, const std::atomic<bool>& cancelled,
               TrialMeasurement& measurement) {
  if (request.existing_file) return {};
  const uint64_t start = now_ns();
  for (const int fd : files.fds()) {
    uint64_t written = 0;
    Status status = prepare_fragmented(fd, request.preparation, files.bytes_each(), request.extents, cancelled, written);
    if (!status.ok()) return status;
    measurement.preparation_bytes += written;
    if (fsync(fd) != 0) return Status::last_errno("fsync");
  }
  measurement.preparation_ns = now_ns() - start;
  if (request.fill_page_cache) {
    if (Status status = files.fill_page_cache(); !status.ok()) return status;
  }
  measurement.kernel_workers_idle = rest(request.settle_ns);
  measurement.extents_before = files.extents();
  return {};
}

// The share of one ring: of one file every n-th block, of several files every n-th file.
WriteStream stream_of(const TrialRequest& request, const FileSet& files, uint32_t ring = 0) {
  WriteStream stream;
  stream.kind = request.kind;
  stream.file_per_slot = has_file_per_slot(request.arm);
  stream.folder = files.folder();
  const std::vector<int> fds = files.fds();
  const bool shared = fds.size() == 1;
  for (size_t i = shared ? 0 : ring; i < fds.size(); i += request.rings) {
    stream.fds.push_back(fds[i]);
    stream.names.push_back(files.name(i));
  }
  const uint64_t blocks = files.bytes_each() / request.sizes.smallest_bytes;
  stream.sizes = request.sizes;
  stream.places = places_of(request.order, blocks, request.sizes, request.seed);
  stream.requests_per_file = stream.places.requests(blocks);
  const uint64_t requests = stream.requests_per_file * stream.fds.size() * passes_of(request.order);
  stream.requests = shared ? (requests + request.rings - 1 - ring) / request.rings : requests;
  stream.first = shared ? ring : 0;
  stream.stride = shared ? request.rings : 1;
  stream.queue_depth = request.arm == Arm::kPsync ? 1 : request.queue_depth;
  stream.interval_ns = request.interval_ns;
  stream.think_requests = request.think_requests;
  stream.think_ns = request.think_ns;
  stream.ramp_ns = request.ramp_ns;
  stream.duration_ns = request.duration_ns;
  stream.order = request.order;
  stream.registered_buffers = request.registered_buffers;
  stream.forced_async = request.arm == Arm::kForced || request.arm == Arm::kForcedOwnFiles;
  stream.unbatched = request.arm == Arm::kUnbatched;
  stream.ring = request.ring;
  stream.iowq_workers = request.iowq_workers;
  stream.drained = request.drained;
  stream.seed = request.seed;
  return stream;
}

// What the threads of a trial share.
struct Shared {
  const PuntTracepoint* tracepoint = nullptr;
  Meters::Workers workers = Meters::Workers::kSampled;
  const std::atomic<bool>& cancelled;
  std::barrier<>* start = nullptr;  // several rings begin together
};

template <class Backend>
Status measure(Backend& backend, const WriteStream& stream, const Meters::Plan& plan, const Shared& shared,
               TrialMeasurement& measurement) {
  WriteRecord& record = measurement.record.emplace(stream);
  WriteQueue queue(stream, record);
  if (!queue.open()) return {-ENOMEM, "mmap"};
  if (Status status = backend.open(queue); !status.ok()) return status;
  pid_t submitter = gettid();
  if constexpr (std::is_same_v<Backend, UringBackend>) {
    if (Status status = backend.ring().find_submitter(submitter); !status.ok()) return status;
  }
  Meters meters;
  if (Status status = meters.open(plan, submitter); !status.ok()) return status;
  Ramp ramp(meters, stream.ramp_ns);
  if (shared.start != nullptr) shared.start->arrive_and_wait();
  ramp.start();
  WriteLoop(backend, queue, record, ramp, shared.cancelled).run();
  measurement.meters = meters.stop();
  return {};
}

Status measure_uring(const WriteStream& stream, const Shared& shared, TrialMeasurement& measurement) {
  const bool syncs = stream.kind.syncs_beside();
  const auto fsyncs = syncs ? PuntCounter::Fsyncs::kCounted : PuntCounter::Fsyncs::kNotCounted;
  UringBackend backend;
  Status status = measure(backend, stream, {shared.tracepoint, shared.workers, fsyncs}, shared, measurement);
  if (!status.ok()) return status;
  measurement.syncs_beside = syncs;
  measurement.linked_fsyncs = stream.kind.linked(false);
  measurement.ring_flags = backend.ring().flags();
  measurement.ring_entries = backend.ring().entries();
  measurement.worker_limit = backend.ring().bounded_worker_limit();
  if (!backend.ring().native_workers()) {
    measurement.meters.workers.reset();
    measurement.meters.warnings.push_back("no CPU time of io-wq workers: they are kernel threads on this kernel");
  }
  return {};
}

// Each ring has its own thread. What they measured is added up; the slow counters are those of the first.
Status measure_rings(const TrialRequest& request, const FileSet& files, const Shared& shared,
                     TrialMeasurement& measurement) {
  std::vector<TrialMeasurement> others(request.rings - 1);
  std::vector<Status> ends(request.rings);
  std::barrier start(request.rings);
  const Shared own{shared.tracepoint, shared.workers, shared.cancelled, &start};
  const auto run = [&](uint32_t ring) {
    prctl(PR_SET_NAME, kSubmitterName);
    if (request.interval_ns > 0 || request.think_ns > 0) prctl(PR_SET_TIMERSLACK, 1);
    TrialMeasurement& mine = ring == 0 ? measurement : others[ring - 1];
    ends[ring] = caught([&] { return measure_uring(stream_of(request, files, ring), own, mine); });
    // A ring that could not start must not keep the others waiting.
    if (!ends[ring].ok()) (void)start.arrive();
  };
  {
    std::vector<std::jthread> threads;
    for (uint32_t ring = 0; ring < request.rings; ++ring) {
      const Status started = caught([&] { return threads.emplace_back(run, ring), Status{}; });
      if (started.ok()) continue;
      ends[ring] = started;
      (void)start.arrive();
    }
  }
  for (const Status& end : ends) {
    if (!end.ok()) return end;
  }
  for (const TrialMeasurement& other : others) {
    measurement.record->add(*other.record);
    measurement.meters.add(other.meters);
    measurement.worker_limit += other.worker_limit;
  }
  return {};
}

template <class Backend>
Status measure_control(const WriteStream& stream, const Shared& shared, TrialMeasurement& measurement) {
  Backend backend;
  return measure(backend, stream, {shared.tracepoint}, shared, measurement);
}

Status measure_arm(const TrialRequest& request, const FileSet& files, const Shared& shared,
                   TrialMeasurement& measurement) {
  if (request.arm == Arm::kPsync) return measure_control<PsyncBackend>(stream_of(request, files), shared, measurement);
  if (request.arm == Arm::kLibaio) return measure_control<AioBackend>(stream_of(request, files), shared, measurement);
  if (request.rings > 1) return measure_rings(request, files, shared, measurement);
  return measure_uring(stream_of(request, files), shared, measurement);
}

}  // namespace

std::optional<Arm> arm_named(std::string_view name) {
  constexpr Named<Arm> kArms[] = {
      {"inline", Arm::kInline},
      {"unbatched", Arm::kUnbatched},
      {"own-files", Arm::kOwnFiles},
      {"forced-own-files", Arm::kForcedOwnFiles},
      {"forced", Arm::kForced},
      {"psync", Arm::kPsync},
      {"libaio", Arm::kLibaio},
  };
  return value_named(name, kArms);
}

Status run_trial(const TrialRequest& request, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                 TrialMeasurement& measurement) {
  measurement.submitter_tid = gettid();
  // Traces are filtered by this name. io-wq workers have other names.
  prctl(PR_SET_NAME, kSubmitterName);
  FileSet files(files_of(request));
  if (Status status = files.create(); !status.ok()) return status;
  if (Status status = prepare(request, files, cancelled, measurement); !status.ok()) return status;
  if (request.prepare_only) return {};
  const int append = request.order == Order::kAppend ? O_APPEND : 0;
  if (Status status = files.reopen(request.kind.open_flags() | append, request.cold_inodes); !status.ok()) return status;
  // The default timer slack would add 50 us to each pause.
  if (request.interval_ns > 0 || request.think_ns > 0) prctl(PR_SET_TIMERSLACK, 1);
  const auto workers = request.count_workers_once ? Meters::Workers::kCountedOnce : Meters::Workers::kSampled;
  StatBeside beside(files.fds(), request.stat_interval_ns);
  Status status = measure_arm(request, files, {tracepoint, workers, cancelled}, measurement);
  if (!status.ok()) return status;
  if (cancelled.load()) return {-ECANCELED, "trial"};
  measurement.extents_after = files.extents();
  return {};
}

Status run_nops(uint64_t operations, uint32_t queue_depth, bool forced, const PuntTracepoint* tracepoint,
                const std::atomic<bool>& cancelled, TrialMeasurement& measurement) {
  WriteStream stream;
  stream.requests = operations;
  stream.queue_depth = queue_depth;
  stream.forced_async = forced;
  Status status = measure_uring(stream, {tracepoint, Meters::Workers::kSampled, cancelled}, measurement);
  if (status.ok() && cancelled.load()) return {-ETIMEDOUT, "io_uring"};
  return status;
}

}  // namespace puntbench
