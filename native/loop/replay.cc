#include "loop/replay.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <thread>

#include "base/caught.h"
#include "base/file_descriptor.h"
#include "loop/replay_backend.h"
#include "loop/replay_queue.h"
#include "loop/write_loop.h"

namespace puntbench {
namespace {

// What the threads share.
struct Shared {
  const ReplayPlan& plan;
  const PuntTracepoint* tracepoint;
  const std::vector<int>& fds;
  ReplayProgress& progress;
  std::barrier<>& start;
};

WriteStream shape_of(const ReplayRing& ring, bool paced) {
  WriteStream shape;
  shape.requests = std::min<uint64_t>(ring.requests.view().size(), ReplayQueue::kKeptMax);
  shape.interval_ns = paced ? 1 : 0;
  return shape;
}

Status replay_ring(const ReplayRing& ring, const Shared& shared, TrialMeasurement& measurement) {
  measurement.submitter_tid = gettid();
  WriteRecord& record = measurement.record.emplace(shape_of(ring, shared.plan.paced));
  ReplayQueue queue(ring, shared.plan.paced, record, shared.progress);
  ReplayBackend backend;
  if (Status status = backend.open(ring, shared.fds, shared.plan.iowq_workers); !status.ok()) return status;
  pid_t submitter = gettid();
  if (Status status = backend.ring().find_submitter(submitter); !status.ok()) return status;
  Meters meters;
  const Meters::Plan counters{shared.tracepoint, Meters::Workers::kSampled};
  if (Status status = meters.open(counters, submitter); !status.ok()) return status;
  Ramp ramp(meters, 0);
  shared.start.arrive_and_wait();
  ramp.start();
  WriteLoop(backend, queue, record, ramp, shared.progress.cancelled).run();
  measurement.meters = meters.stop();
  measurement.ring_flags = backend.ring().flags();
  measurement.ring_entries = backend.ring().entries();
  measurement.worker_limit = backend.ring().bounded_worker_limit();
  return {};
}

bool call(const ReplayCall& call, int fd, const AlignedBuffer& buffer) {
  const auto offset = static_cast<off_t>(call.offset);
  switch (call.kind) {
    case ReplayCallKind::kWrite:
      return pwrite(fd, buffer.data(), call.length, offset) == static_cast<ssize_t>(call.length);
    case ReplayCallKind::kFsync:
      return fsync(fd) == 0;
    case ReplayCallKind::kFdatasync:
      return fdatasync(fd) == 0;
    case ReplayCallKind::kFtruncate:
      return ftruncate(fd, offset) == 0;
    case ReplayCallKind::kFallocate:
      return fallocate(fd, static_cast<int>(call.flags), offset, static_cast<off_t>(call.length)) == 0;
    case ReplayCallKind::kDropCache:
      return posix_fadvise(fd, offset, static_cast<off_t>(call.length), POSIX_FADV_DONTNEED) == 0;
  }
  return false;
}

// Waits for the moment of a call, and for the requests that had completed before it.
bool await(const ReplayCall& next, const Shared& shared, uint64_t began_ns) {
  const ReplayProgress& progress = shared.progress;
  const auto is_due = [&] { return !shared.plan.paced || now_ns() >= began_ns + next.due_ns; };
  while (progress.completed.load(std::memory_order_acquire) < next.completed_before || !is_due()) {
    if (progress.cancelled.load(std::memory_order_relaxed)) return false;
    sleep_ns(20'000);
  }
  return true;
}

Status replay_calls(const Shared& shared, ReplayMeasurement& measurement) {
  uint64_t bytes = 4096;
  const std::span<const ReplayCall> calls = shared.plan.calls.view();
  shared.plan.calls.each([&](const ReplayCall& each) {
    if (each.kind == ReplayCallKind::kWrite) bytes = std::max(bytes, each.length);
  });
  AlignedBuffer buffer;
  if (!buffer.allocate(bytes)) return {-ENOMEM, "mmap"};
  shared.start.arrive_and_wait();
  const uint64_t began_ns = now_ns();
  for (const ReplayCall& each : calls) {
    shared.plan.calls.passed(static_cast<size_t>(&each - calls.data()));
    if (!await(each, shared, began_ns)) return {};
    if (shared.plan.paced) {
      const uint64_t late_ns = now_ns() - began_ns - each.due_ns;
      measurement.calls_late_ns_max = std::max(measurement.calls_late_ns_max, late_ns);
    }
    if (!call(each, shared.fds[each.file], buffer)) ++measurement.calls_failed;
    shared.progress.calls_done.fetch_add(1, std::memory_order_release);
  }
  return {};
}

}  // namespace

Status run_replay(const ReplayPlan& plan, const PuntTracepoint* tracepoint, const std::atomic<bool>& cancelled,
                  ReplayMeasurement& measurement) {
  std::vector<FileDescriptor> files;
  std::vector<int> fds;
  for (const ReplayFile& file : plan.files) {
    files.emplace_back(open(file.path.c_str(), file.open_flags | O_NOFOLLOW | O_CLOEXEC));
    if (!files.back().valid()) return Status::last_errno("open");
    fds.push_back(files.back().get());
  }
  // One thread that cannot go on ends the others.
  std::atomic<bool> stop{false};
  ReplayProgress progress{0, 0, stop};
  std::barrier start(static_cast<std::ptrdiff_t>(plan.rings.size() + 1));
  const Shared shared{plan, tracepoint, fds, progress, start};
  measurement.rings.resize(plan.rings.size());
  std::vector<Status> ends(plan.rings.size() + 1);
  std::atomic<size_t> running{ends.size()};
  const auto ended = [&](size_t n, const Status& status) {
    ends[n] = status;
    --running;
    if (status.ok()) return;
    stop = true;
    (void)start.arrive();
  };
  std::vector<std::thread> threads;
  const auto begin = [&](size_t n, auto work) {
    const auto run = [&ended, n, work] {
      prctl(PR_SET_NAME, kSubmitterName);
      prctl(PR_SET_TIMERSLACK, 1);
      ended(n, caught(work));
    };
    const Status started = caught([&] { return threads.emplace_back(run), Status{}; });
    if (!started.ok()) ended(n, started);
  };
  for (size_t n = 0; n < plan.rings.size(); ++n) {
    begin(n, [&, n] { return replay_ring(plan.rings[n], shared, measurement.rings[n]); });
  }
  begin(plan.rings.size(), [&] { return replay_calls(shared, measurement); });
  while (running > 0) {
    if (cancelled) stop = true;
    sleep_ns(5'000'000);
  }
  for (std::thread& thread : threads) thread.join();
  for (const Status& end : ends) {
    if (!end.ok()) return end;
  }
  return cancelled ? Status{-ECANCELED, "replay"} : Status{};
}

}  // namespace puntbench
