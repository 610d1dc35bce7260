#include "loop/trial.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "loop/aio_backend.h"
#include "base/clock.h"
#include "base/file_descriptor.h"
#include "loop/psync_backend.h"
#include "loop/uring_backend.h"
#include "loop/write_loop.h"

namespace puntbench {
namespace {

bool has_file_per_slot(Arm arm) { return arm == Arm::kOwnFiles || arm == Arm::kForcedOwnFiles; }

// Removes the trial's files on every way out.
class TrialFiles {
 public:
  explicit TrialFiles(const TrialRequest& request)
      : request_(request), wanted_(has_file_per_slot(request.arm) ? request.queue_depth : 1) {}
  ~TrialFiles() {
    if (request_.keep_file || request_.existing_file) return;
    for (size_t i = 0; i < files_.size(); ++i) unlink(path(i).c_str());
  }

  Status create() {
    const int creation = request_.existing_file ? 0 : O_CREAT | O_EXCL;
    while (files_.size() < wanted_) {
      FileDescriptor file(
          open(path(files_.size()).c_str(), creation | O_RDWR | O_DIRECT | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!file.valid()) return Status::last_errno("open O_DIRECT");
      files_.push_back(std::move(file));
    }
    return bytes_each() > 0 ? Status{} : Status{-EINVAL, "a file of its own for each slot"};
  }

  // The files were prepared with O_DIRECT; the stream may use them in another way.
  Status reopen(int flags) {
    for (size_t i = 0; i < files_.size() && flags != O_DIRECT; ++i) {
      files_[i] = FileDescriptor(open(path(i).c_str(), O_RDWR | flags | O_NOFOLLOW | O_CLOEXEC));
      if (!files_[i].valid()) return Status::last_errno("open");
    }
    return {};
  }

  uint64_t bytes_each() const noexcept {
    return request_.file_bytes / wanted_ / request_.block_bytes * request_.block_bytes;
  }

  std::vector<int> fds() const {
    std::vector<int> fds;
    for (const FileDescriptor& file : files_) fds.push_back(file.get());
    return fds;
  }

  // The sum over all files; empty on a filesystem without FIEMAP.
  std::optional<ExtentState> extents() const {
    ExtentState sum;
    for (const int fd : fds()) {
      ExtentState state;
      if (!read_extent_state(fd, state).ok()) return std::nullopt;
      sum += state;
    }
    return sum;
  }

 private:
  std::string path(size_t i) const { return i == 0 ? request_.path : request_.path + '.' + std::to_string(i); }

  const TrialRequest& request_;
  const size_t wanted_;
  std::vector<FileDescriptor> files_;
};

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
Status prepare(const TrialRequest& request, const TrialFiles& files, const std::atomic<bool>& cancelled,
               TrialMeasurement& measurement) {
  if (request.existing_file) return {};
  const uint64_t start = now_ns();
  for (const int fd : files.fds()) {
    uint64_t written = 0;
    Status status = prepare_file(fd, request.preparation, files.bytes_each(), cancelled, written);
    if (!status.ok()) return status;
    measurement.preparation_bytes += written;
    if (fsync(fd) != 0) return Status::last_errno("fsync");
  }
  measurement.preparation_ns = now_ns() - start;
  measurement.kernel_workers_idle = rest(request.settle_ns);
  measurement.extents_before = files.extents();
  return {};
}

WriteStream stream_of(const TrialRequest& request, const TrialFiles& files) {
  WriteStream stream;
  stream.kind = request.kind;
  stream.fds = files.fds();
  stream.block_bytes = request.block_bytes;
  stream.blocks = files.bytes_each() / request.block_bytes * stream.fds.size();
  stream.queue_depth = request.arm == Arm::kPsync ? 1 : request.queue_depth;
  stream.interval_ns = request.interval_ns;
  stream.ramp_ns = request.ramp_ns;
  stream.duration_ns = request.duration_ns;
  stream.registered_buffers = request.registered_buffers;
  stream.forced_async = request.arm == Arm::kForced || request.arm == Arm::kForcedOwnFiles;
  stream.unbatched = request.arm == Arm::kUnbatched;
  stream.ring = request.ring;
  stream.iowq_workers = request.iowq_workers;
  stream.drained = request.drained;
  stream.seed = request.seed;
  if (request.random_order) stream.order = shuffled_blocks(stream.blocks_per_file(), request.seed);
  return stream;
}

template <class Backend>
Status measure(Backend& backend, const WriteStream& stream, Meters& meters, const std::atomic<bool>& cancelled,
               TrialMeasurement& measurement) {
  WriteRecord& record = measurement.record.emplace(stream);
  WriteQueue queue(stream, record);
  if (!queue.open()) return {-ENOMEM, "mmap"};
  if (Status status = backend.open(queue); !status.ok()) return status;
  Ramp ramp(meters, stream.ramp_ns);
  ramp.start();
  WriteLoop(backend, queue, record, ramp, cancelled).run();
  measurement.meters = meters.stop();
  return {};
}

Status measure_uring(const WriteStream& stream, const PuntTracepoint* tracepoint, Meters::Workers workers,
                     const std::atomic<bool>& cancelled, TrialMeasurement& measurement) {
  Meters meters;
  const bool linked = stream.kind.linked(false);
  const auto fsyncs = linked ? PuntCounter::Fsyncs::kCounted : PuntCounter::Fsyncs::kNotCounted;
  if (Status status = meters.open(tracepoint, workers, fsyncs); !status.ok()) return status;
  UringBackend backend;
  Status status = measure(backend, stream, meters, cancelled, measurement);
  if (!status.ok()) return status;
  measurement.linked_fsyncs = linked;
  measurement.ring_flags = backend.ring().flags();
  measurement.ring_entries = backend.ring().entries();
  measurement.worker_limit = backend.ring().bounded_worker_limit();
  if (!backend.ring().native_workers()) {
    measurement.meters.workers.reset();
    measurement.meters.warnings.push_back("no CPU time of io-wq workers: they are kernel threads on this kernel");
  }
  return {};
}

template <class Backend>
Status measure_control(const WriteStream& stream, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                       TrialMeasurement& measurement) {
  Meters meters;
  if (Status status = meters.open(tracepoint, Meters::Workers::kNone); !status.ok()) return status;
  Backend backend;
  return measure(backend, stream, meters, cancelled, measurement);
}

Status measure_arm(const TrialRequest& request, const WriteStream& stream, const PuntTracepoint* tracepoint,
                   const std::atomic<bool>& cancelled, TrialMeasurement& measurement) {
  const auto workers = request.count_workers_once ? Meters::Workers::kCountedOnce : Meters::Workers::kSampled;
  switch (request.arm) {
    case Arm::kInline:
    case Arm::kUnbatched:
    case Arm::kOwnFiles:
    case Arm::kForcedOwnFiles:
    case Arm::kForced: return measure_uring(stream, tracepoint, workers, cancelled, measurement);
    case Arm::kPsync: return measure_control<PsyncBackend>(stream, tracepoint, cancelled, measurement);
    case Arm::kLibaio: return measure_control<AioBackend>(stream, tracepoint, cancelled, measurement);
  }
  return {-EINVAL, "run_trial"};
}

}  // namespace

std::optional<Arm> arm_named(std::string_view name) {
  if (name == "inline") return Arm::kInline;
  if (name == "unbatched") return Arm::kUnbatched;
  if (name == "own-files") return Arm::kOwnFiles;
  if (name == "forced-own-files") return Arm::kForcedOwnFiles;
  if (name == "forced") return Arm::kForced;
  if (name == "psync") return Arm::kPsync;
  if (name == "libaio") return Arm::kLibaio;
  return std::nullopt;
}

Status run_trial(const TrialRequest& request, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                 TrialMeasurement& measurement) {
  measurement.submitter_tid = gettid();
  measurement.block_bytes = request.block_bytes;
  // Traces are filtered by this name. io-wq workers have other names.
  prctl(PR_SET_NAME, kSubmitterName);
  TrialFiles files(request);
  if (Status status = files.create(); !status.ok()) return status;
  if (Status status = prepare(request, files, cancelled, measurement); !status.ok()) return status;
  if (request.prepare_only) return {};
  if (Status status = files.reopen(request.kind.open_flags()); !status.ok()) return status;
  // The default timer slack would add 50 us to each pause of a paced trial.
  if (request.interval_ns > 0) prctl(PR_SET_TIMERSLACK, 1);
  const WriteStream stream = stream_of(request, files);
  Status status = measure_arm(request, stream, tracepoint, cancelled, measurement);
  if (!status.ok()) return status;
  if (cancelled.load()) return {-ECANCELED, "trial"};
  measurement.extents_after = files.extents();
  return {};
}

Status run_nops(uint64_t operations, uint32_t queue_depth, bool forced, const PuntTracepoint* tracepoint,
                const std::atomic<bool>& cancelled, TrialMeasurement& measurement) {
  WriteStream stream;
  stream.blocks = operations;
  stream.queue_depth = queue_depth;
  stream.forced_async = forced;
  Status status = measure_uring(stream, tracepoint, Meters::Workers::kSampled, cancelled, measurement);
  if (status.ok() && cancelled.load()) return {-ETIMEDOUT, "io_uring"};
  return status;
}

}  // namespace puntbench
