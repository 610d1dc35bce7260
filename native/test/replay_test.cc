#include <fcntl.h>
#include <liburing.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "loop/replay.h"
#include "test/check.h"

using namespace puntbench;

namespace {

constexpr uint32_t kBlockBytes = 4096;
constexpr uint32_t kWrites = 64;
std::string folder;

// As the addon gets them: in a file.
template <class T>
MappedStructures<T> mapped(const std::string& path, const std::vector<T>& structures) {
  const size_t bytes = structures.size() * sizeof(T);
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  CHECK(write(file.get(), structures.data(), bytes) == static_cast<ssize_t>(bytes));
  MappedStructures<T> out;
  CHECK(out.open(path) == 0);
  unlink(path.c_str());
  return out;
}

ReplayRing ring_of(const std::string& path, uint32_t file, uint32_t calls_before) {
  std::vector<ReplayRequest> requests;
  for (uint32_t write = 0; write < kWrites; ++write) {
    ReplayRequest request;
    request.due_ns = write * 10'000;
    request.offset = uint64_t{write} * kBlockBytes;
    request.length = kBlockBytes;
    request.file = file;
    request.calls_before = calls_before;
    request.depth = 4;
    request.operation = IORING_OP_WRITE;
    requests.push_back(request);
  }
  return {RingMode::kBest, mapped(path, requests)};
}

// The second ring may only begin when the call is done, which waits for all requests of the first.
ReplayPlan plan_of(const std::string& path, bool paced, uint64_t completed_before = kWrites) {
  ReplayPlan plan;
  const std::string structures = folder + "/structures-" + std::to_string(getpid());
  plan.files = {{path + "-0", O_RDWR | O_DIRECT}, {path + "-1", O_RDWR | O_DIRECT}};
  plan.rings.push_back(ring_of(structures, 0, 0));
  plan.rings.push_back(ring_of(structures, 1, 1));
  ReplayCall call;
  call.kind = ReplayCallKind::kFallocate;
  call.file = 1;
  call.length = uint64_t{kWrites} * kBlockBytes;
  call.completed_before = completed_before;
  plan.calls = mapped(structures, std::vector{call});
  plan.paced = paced;
  return plan;
}

void requests_and_calls_keep_their_order(const std::string& path, bool paced) {
  const ReplayPlan plan = plan_of(path, paced);
  for (const ReplayFile& file : plan.files) close(open(file.path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
  ReplayMeasurement measurement;
  CHECK(run_replay(plan, nullptr, kNever, measurement).ok());
  CHECK(measurement.calls_failed == 0);
  for (const TrialMeasurement& ring : measurement.rings) {
    CHECK(ring.record->completed == kWrites);
    CHECK(ring.record->failed == 0);
  }
  for (const ReplayFile& file : plan.files) {
    struct stat found;
    CHECK(stat(file.path.c_str(), &found) == 0 && found.st_size == kWrites * kBlockBytes);
    unlink(file.path.c_str());
  }
}

void a_missing_file_and_a_cancelled_replay_are_errors(const std::string& path) {
  ReplayMeasurement measurement;
  CHECK(run_replay(plan_of(path, false), nullptr, kNever, measurement).error == -ENOENT);
  // More than there are: nothing but the end can come.
  ReplayPlan endless = plan_of("/dev/null", false, 1000);
  endless.files = {{"/dev/null", O_RDWR}, {"/dev/null", O_RDWR}};
  const std::atomic<bool> cancelled{true};
  CHECK(run_replay(endless, nullptr, cancelled, measurement).error == -ECANCELED);
}

}  // namespace

void test_replay(const std::string& directory) {
  folder = directory;
  const std::string path = directory + "/replay-test-" + std::to_string(getpid());
  requests_and_calls_keep_their_order(path, false);
  requests_and_calls_keep_their_order(path, true);
  a_missing_file_and_a_cancelled_replay_are_errors(path);
}
