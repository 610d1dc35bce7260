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
#include "loop/trial.h"
#include "test/check.h"

using namespace puntbench;

namespace {

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
  request.sizes = {3 * 512 + 1, 3 * 512 + 1};  // never aligned: EINVAL from the first write on
  request.file_bytes = request.sizes.smallest_bytes * 16;
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
  test_without_kernel();
  test_replay(directory);
  every_arm_writes_every_block(directory, counter);
  paced_trials_record_their_delay(directory);
  cancelling_ends_a_trial_and_removes_its_file(directory);
  refused_paths_are_errors(directory);
  a_failing_write_is_recorded(directory);
  std::printf(failures == 0 ? "core test passed\n" : "core test: %d failed\n", failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
