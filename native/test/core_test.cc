// Runs the driver's core without Node, so that AddressSanitizer and UBSan see all of it.
// scripts/test-sanitize builds and runs it. Argument: a directory that can do O_DIRECT.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "files/direct_io.h"
#include "probe/nowait_probe.h"
#include "files/page_cache.h"
#include "meters/kernel_threads.h"
#include "loop/trial.h"
#include "loop/write_loop.h"

using namespace puntbench;

namespace {

int failures = 0;

void check(bool holds, const char* what, int line) {
  if (holds) return;
  std::printf("not ok: line %d: %s\n", line, what);
  ++failures;
}
#define CHECK(condition) check(condition, #condition, __LINE__)

const std::atomic<bool> kNever{false};

TrialRequest request_in(const std::string& directory) {
  TrialRequest request;
  request.path = directory + "/core-test-" + std::to_string(getpid());
  request.preparation = Preparation::kDdPrefill;
  request.queue_depth = 8;
  request.file_bytes = 256 * 4096;
  request.seed = 1;
  return request;
}

// Runs each trial on a new thread, as the addon does.
Status run(const TrialRequest& request, const PuntTracepoint* tracepoint, TrialMeasurement& measurement,
           const std::atomic<bool>& cancelled = kNever) {
  Status status;
  std::thread([&] { status = run_trial(request, tracepoint, cancelled, measurement); }).join();
  return status;
}

void every_arm_writes_every_block(const std::string& directory, const PuntTracepoint* tracepoint) {
  for (const Arm arm : {Arm::kInline, Arm::kUnbatched, Arm::kOwnFiles, Arm::kForced, Arm::kForcedOwnFiles, Arm::kPsync,
                        Arm::kLibaio}) {
    for (const Preparation preparation : {Preparation::kNoFallocate, Preparation::kFallocate0, Preparation::kKeepSize,
                                          Preparation::kZeroRange, Preparation::kDdPrefill}) {
      for (const bool random : {false, true}) {
        TrialRequest request = request_in(directory);
        request.arm = arm;
        request.preparation = preparation;
        request.order = random ? Order::kRandom : Order::kSequential;
        request.registered_buffers = random;
        TrialMeasurement measurement;
        const Status status = run(request, tracepoint, measurement);
        if (status.error == -EOPNOTSUPP) continue;
        CHECK(status.ok());
        CHECK(measurement.record && measurement.record->completed == 256);
        CHECK(measurement.record && measurement.record->first_error == 0);
        CHECK(!measurement.extents_after || measurement.extents_after->written_bytes == request.file_bytes);
        if (arm == Arm::kForced && measurement.meters.punts) CHECK(measurement.meters.punts->total == 256);
        CHECK(access(request.path.c_str(), F_OK) != 0);
      }
    }
  }
}

void paced_trials_record_their_delay(const std::string& directory) {
  for (const Arm arm : {Arm::kInline, Arm::kPsync, Arm::kLibaio}) {
    TrialRequest request = request_in(directory);
    request.arm = arm;
    request.interval_ns = 100'000;
    TrialMeasurement measurement;
    CHECK(run(request, nullptr, measurement).ok());
    CHECK(measurement.record->issue_delay_ns.size() == 256);
    CHECK(measurement.record->wall_ns >= 255 * request.interval_ns);
  }
}

void cancelling_ends_a_trial_and_removes_its_file(const std::string& directory) {
  TrialRequest request = request_in(directory);
  request.interval_ns = 50'000'000;
  std::atomic<bool> cancelled{false};
  std::thread canceller([&] {
    usleep(100'000);
    cancelled = true;
  });
  TrialMeasurement measurement;
  CHECK(run(request, nullptr, measurement, cancelled).error == -ECANCELED);
  canceller.join();
  CHECK(access(request.path.c_str(), F_OK) != 0);
}

void refused_paths_are_errors(const std::string& directory) {
  TrialRequest request = request_in(directory + "/nowhere");
  TrialMeasurement measurement;
  CHECK(run(request, nullptr, measurement).error == -ENOENT);
}

void a_failing_write_is_recorded(const std::string& directory) {
  TrialRequest request = request_in(directory);
  request.preparation = Preparation::kNoFallocate;
  request.block_bytes = 3 * 512 + 1;  // never aligned: EINVAL from the first write on
  request.file_bytes = request.block_bytes * 16;
  TrialMeasurement measurement;
  CHECK(run(request, nullptr, measurement).ok());
  CHECK(measurement.record->completed == 0);
  CHECK(measurement.record->first_error == -EINVAL);
}

void the_nowait_probe_answers_by_every_oracle(const std::string& directory) {
  for (const Preparation preparation : {Preparation::kNoFallocate, Preparation::kFallocate0, Preparation::kKeepSize,
                                        Preparation::kZeroRange, Preparation::kDdPrefill}) {
    for (const uint32_t block_bytes : {512u, 4096u, 1536u}) {
      NowaitReport report;
      const NowaitRequest request{directory + "/probe", preparation, block_bytes, 1, 1'000'000};
      const Status status = probe_nowait(request, report);
      if (status.error == -EOPNOTSUPP || status.error == -EINVAL) continue;
      CHECK(status.ok());
      for (const NowaitAnswers& answers : report) CHECK(answers.unavailable.ok() && answers.later.size() == 1);
      CHECK(access((directory + "/probe-0").c_str(), F_OK) != 0);
    }
  }
}

void pages_in_the_cache_are_counted(const std::string& directory) {
  const std::string path = directory + "/cached";
  const FileDescriptor file(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  const std::string data(8192, 'x');
  CHECK(pwrite(file.get(), data.data(), data.size(), 4096) == 8192);
  std::vector<uint64_t> pages;
  PageCacheSource source;
  CHECK(count_cached_pages(file.get(), {{0, 4096}, {4096, 8192}, {8192, 0}}, pages, source).ok());
  CHECK((pages == std::vector<uint64_t>{0, 2, 0}));
  unlink(path.c_str());
}

void nops_and_alignment(const std::string& directory, const PuntTracepoint* tracepoint) {
  for (const bool forced : {false, true}) {
    TrialMeasurement measurement;
    CHECK(run_nops(2000, 32, forced, tracepoint, kNever, measurement).ok());
    CHECK(measurement.record->completed == 2000);
    if (measurement.meters.punts) CHECK(measurement.meters.punts->total == (forced ? 2000u : 0u));
  }
  DirectIoAlignment alignment;
  CHECK(query_direct_io_alignment((directory + "/alignment").c_str(), alignment).ok());
  CHECK(alignment.offset >= 512);
}

constexpr uint32_t kBlockBytes = 512;

// Takes one request of each submission, as the kernel may, and refuses every third call.
class StingyBackend {
 public:
  unsigned fill(const Slot& slot) noexcept {
    filled_.push_back(slot.index);
    return 1;
  }

  int submit() noexcept {
    if (++calls_ % 3 == 0) return -EAGAIN;
    if (filled_.empty()) return 0;
    taken_.push_back(filled_.front());
    filled_.erase(filled_.begin());
    return 1;
  }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    const unsigned ready = static_cast<unsigned>(taken_.size());
    for (const uint32_t slot : taken_) complete(slot, kBlockBytes);
    taken_.clear();
    return ready;
  }

  // The request that no call handed over would never complete.
  int wait(uint64_t timeout_ns) noexcept {
    waited_for_ever = waited_for_ever || timeout_ns > kNsPerSecond;
    return waited_for_ever ? -EIO : -ETIME;
  }

  bool waited_for_ever = false;

 private:
  std::vector<uint32_t> filled_, taken_;
  unsigned calls_ = 0;
};

void what_the_kernel_did_not_take_is_submitted_again() {
  for (const uint64_t interval_ns : {0u, 1000u}) {
    WriteStream stream;
    stream.fds = {0};  // the fake backend writes nothing; a stream with a file may wait without limit
    stream.blocks = 64;
    stream.block_bytes = kBlockBytes;
    stream.queue_depth = 8;
    stream.interval_ns = interval_ns;
    WriteRecord record(stream);
    WriteQueue queue(stream, record);
    CHECK(queue.open());
    StingyBackend backend;
    Meters meters;
    Ramp ramp(meters, 0);
    ramp.start();
    WriteLoop(backend, queue, record, ramp, kNever).run();
    CHECK(record.completed == 64);
    CHECK(!backend.waited_for_ever);
  }
}

void a_completion_after_abandon_counts_for_nothing() {
  WriteStream stream;
  stream.blocks = 8;
  stream.queue_depth = 4;
  WriteRecord record(stream);
  WriteQueue queue(stream, record);
  CHECK(queue.open());
  const uint32_t slot = queue.queue_next().index;
  queue.abandon();
  queue.completed(slot, 0, 1);
  queue.completed(99, 0, 1);
  CHECK(queue.under_way() == 0 && queue.finished());
  CHECK(record.completed == 0);
}

void a_cpu_that_leaves_makes_system_time_unknown() {
  const SystemCpu before{"schedstat", 500, 1, "0-3"};
  CHECK((SystemCpu{"schedstat", 700, 1, "0-3"}.worked_ns_since(before) == 200));
  CHECK((!SystemCpu{"schedstat", 400, 1, "0-3"}.worked_ns_since(before)));
  CHECK((!SystemCpu{"schedstat", 700, 1, "0-2"}.worked_ns_since(before)));
  CHECK((!SystemCpu{"stat", 700, 1, "0-3"}.worked_ns_since(before)));
}

// Lines of /proc/PID/stat as these kernels print them. 0x208040 and 0x4208060 have PF_KTHREAD, 0x404500 has not.
void only_threads_that_may_serve_writes_are_kernel_workers() {
  CHECK(is_kernel_worker("28849 (kworker/1:6-dio/vda) I 2 0 0 0 -1 69238880 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(is_kernel_worker("301 (jbd2/vda1-8) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("77 (kdamond.0) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("38 (khugepaged) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("812 (puntbench) S 1 812 812 0 -1 4211968 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  // A program may give itself any name, but not the flag of a kernel thread.
  CHECK(!is_kernel_worker("813 (kworker) 0 (x)) S 1 812 812 0 -1 4211968 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("814 (kworker/0:1"));
}

// 5.10 before .162, and 5.11: io-wq workers and their manager are kernel threads. They are another spender, which is
// unknown there (no IORING_FEAT_NATIVE_WORKERS), so their time must not appear as that of kernel workers.
void io_wq_workers_of_old_kernels_are_no_kernel_workers() {
  CHECK(!is_kernel_worker("1201 (io_wq_manager) S 2 0 0 0 -1 2129984 0 0 0 0 0 1 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("1202 (io_wqe_worker-0) S 2 0 0 0 -1 2129984 0 0 0 0 0 9 0 0 20 0 1 0 9"));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string directory = argc > 1 ? argv[1] : ".";
  PuntTracepoint tracepoint;
  const bool counted = PuntTracepoint::find(tracepoint).ok();
  if (!counted) std::printf("SKIPPED: punt counts, the tracepoint is out of reach\n");
  const PuntTracepoint* counter = counted ? &tracepoint : nullptr;

  the_nowait_probe_answers_by_every_oracle(directory);
  pages_in_the_cache_are_counted(directory);
  nops_and_alignment(directory, counter);
  what_the_kernel_did_not_take_is_submitted_again();
  a_completion_after_abandon_counts_for_nothing();
  a_cpu_that_leaves_makes_system_time_unknown();
  only_threads_that_may_serve_writes_are_kernel_workers();
  io_wq_workers_of_old_kernels_are_no_kernel_workers();
  every_arm_writes_every_block(directory, counter);
  paced_trials_record_their_delay(directory);
  cancelling_ends_a_trial_and_removes_its_file(directory);
  refused_paths_are_errors(directory);
  a_failing_write_is_recorded(directory);
  std::printf(failures == 0 ? "core test passed\n" : "core test: %d failed\n", failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
