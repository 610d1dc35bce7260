#include "meters/worker_census.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/clock.h"
#include "base/small_file.h"

namespace puntbench {
namespace {

constexpr char kAnyWorker[] = "iou-wrk-";

// The kernel names workers after the submitter's tid in the initial pid namespace. In another namespace we
// cannot know that number. Initial namespaces have fixed inode numbers (include/linux/proc_ns.h).
bool in_foreign_pid_namespace() {
  char target[64] = "";
  const ssize_t n = readlink("/proc/self/ns/pid", target, sizeof target - 1);
  return n > 0 && std::strcmp(target, "pid:[4026531836]") != 0;
}

std::string task_file(const std::string& tid, const char* name) {
  return read_small_file(AT_FDCWD, ("/proc/self/task/" + tid + '/' + name).c_str());
}

std::vector<std::string> thread_ids() {
  std::vector<std::string> tids;
  DIR* directory = opendir("/proc/self/task");
  if (directory == nullptr) return tids;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] != '.') tids.emplace_back(entry->d_name);
  }
  closedir(directory);
  return tids;
}

}  // namespace

void WorkerUsage::add(const WorkerUsage& other) {
  peak += other.peak;
  mean += other.mean;
  samples += other.samples;
  cpu_ns = cpu_ns && other.cpu_ns ? std::optional(*cpu_ns + *other.cpu_ns) : std::nullopt;
  switches.voluntary += other.switches.voluntary;
  switches.involuntary += other.switches.involuntary;
}

SwitchCounts parse_switches(const std::string& status) {
  const auto number_after = [&](const char* label) -> uint64_t {
    const size_t at = status.find(label);
    return at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + std::strlen(label), nullptr, 10);
  };
  return {number_after("\nvoluntary_ctxt_switches:"), number_after("\nnonvoluntary_ctxt_switches:")};
}

WorkerCensus::WorkerCensus(pid_t submitter)
    : name_(kAnyWorker + std::to_string(submitter)), foreign_pid_namespace_(in_foreign_pid_namespace()) {
  for (std::string& tid : thread_ids()) others_.insert(std::move(tid));
}

bool WorkerCensus::is_worker(const std::string& tid) const {
  std::string name = task_file(tid, "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return foreign_pid_namespace_ ? name.compare(0, sizeof kAnyWorker - 1, kAnyWorker) == 0 : name == name_;
}

void WorkerCensus::sample(Detail detail) {
  uint64_t alive = 0;
  for (const std::string& tid : thread_ids()) {
    // A worker gets its name only when it first runs, so each sample reads a new thread's name again.
    if (others_.contains(tid) || (!workers_.contains(tid) && !is_worker(tid))) continue;
    ++alive;
    Worker& worker = workers_[tid];
    // schedstat: "run_ns wait_ns slices". Counts only grow; a worker that just exited reads as empty.
    worker.cpu_ns = std::max<uint64_t>(worker.cpu_ns, std::strtoull(task_file(tid, "schedstat").c_str(), nullptr, 10));
    if (detail == Detail::kCpu) continue;
    const SwitchCounts now = parse_switches(task_file(tid, "status"));
    worker.switches.voluntary = std::max(worker.switches.voluntary, now.voluntary);
    worker.switches.involuntary = std::max(worker.switches.involuntary, now.involuntary);
  }
  peak_ = std::max(peak_, alive);
  ++samples_;
  seen_ += alive;
}

void WorkerCensus::start() { sampler_ = std::thread([this] { sample_until_stopped(); }); }

void WorkerCensus::restart() {
  std::lock_guard lock(mutex_);
  peak_ = 0;
  sample(Detail::kCpuAndSwitches);  // without a ramp no worker exists yet
  before_ = workers_;
  samples_ = seen_ = 0;
}

void WorkerCensus::sample_until_stopped() {
  using namespace std::chrono_literals;
  // Frequent at first, when workers appear, then rare enough to cost well below 1 % of a CPU.
  auto period = 1ms;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, period, [this] { return stopping_; })) {
    // Reading `status` costs more, so it is done for every 64th sample: for workers that exit after 5 s idle.
    sample(samples_ % 64 == 63 ? Detail::kCpuAndSwitches : Detail::kCpu);
    period = std::min(period * 2, 16ms);
  }
}

void WorkerCensus::stop() {
  if (!sampler_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  sampler_.join();
}

WorkerUsage WorkerCensus::finish() {
  stop();
  sleep_ns(1'000'000);  // the last worker may not yet sleep after it posted its completion
  sample(Detail::kCpuAndSwitches);
  WorkerUsage usage{peak_, static_cast<double>(seen_) / static_cast<double>(samples_), samples_, {}, {}};
  uint64_t cpu_ns = 0;
  bool known = true;
  for (const auto& [tid, worker] : workers_) {
    const Worker before = before_[tid];
    cpu_ns += worker.cpu_ns - before.cpu_ns;
    known = known && worker.cpu_ns > 0;
    usage.switches.voluntary += worker.switches.voluntary - before.switches.voluntary;
    usage.switches.involuntary += worker.switches.involuntary - before.switches.involuntary;
  }
  // A worker that was seen has run, so 0 means that the kernel does not count (no CONFIG_SCHED_INFO).
  if (known) usage.cpu_ns = cpu_ns;
  return usage;
}

}  // namespace puntbench
