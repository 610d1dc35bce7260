#include "meters/meters.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/small_file.h"

namespace puntbench {
namespace {

uint64_t delta(long after, long before) { return static_cast<uint64_t>(after - before); }

// CPU time of the calling thread, and of the thread of the kernel that submits for it.
uint64_t cpu_of_submitters_ns(pid_t kernel_submitter) {
  if (kernel_submitter == 0) return thread_cpu_ns();
  const std::string file = "/proc/self/task/" + std::to_string(kernel_submitter) + "/schedstat";
  return thread_cpu_ns() + std::strtoull(read_small_file(AT_FDCWD, file.c_str()).c_str(), nullptr, 10);
}

}  // namespace

void MeterReadings::add(const MeterReadings& other) {
  if (punts && other.punts) punts->add(*other.punts);
  if (workers && other.workers) workers->add(*other.workers);
  submitter_cpu_ns += other.submitter_cpu_ns;
  submitter_switches.voluntary += other.submitter_switches.voluntary;
  submitter_switches.involuntary += other.submitter_switches.involuntary;
}

Status Meters::open(const Plan& plan, pid_t submitter) {
  kernel_submitter_ = submitter == gettid() ? 0 : submitter;
  if (plan.tracepoint != nullptr) {
    punts_.emplace();
    if (Status status = punts_->open(*plan.tracepoint, plan.fsyncs, kernel_submitter_); !status.ok()) return status;
  }
  if (plan.workers != Workers::kNone) workers_.emplace(submitter);
  sample_workers_ = plan.workers == Workers::kSampled;
  return {};
}

void Meters::sample_workers() {
  if (workers_ && sample_workers_) workers_->start();
}

void Meters::start_slow() {
  kernel_threads_before_ = KernelThreads::read();
  if (workers_) workers_->restart();
  system_before_ = SystemCpu::read();
}

void Meters::start_fast() noexcept {
  getrusage(RUSAGE_THREAD, &usage_before_);
  if (punts_) punts_->start();
  cpu_before_ns_ = cpu_of_submitters_ns(kernel_submitter_);
}

MeterReadings Meters::stop() {
  MeterReadings readings;
  readings.submitter_cpu_ns = cpu_of_submitters_ns(kernel_submitter_) - cpu_before_ns_;
  if (punts_) {
    punts_->stop();
    readings.punts = punts_->read();
  }
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  readings.submitter_switches = {delta(usage.ru_nvcsw, usage_before_.ru_nvcsw),
                                 delta(usage.ru_nivcsw, usage_before_.ru_nivcsw)};
  if (workers_) readings.workers = workers_->finish();
  read_system(readings);
  return readings;
}

void Meters::read_system(MeterReadings& readings) const {
  readings.system_cpu = SystemCpu::read();
  if (readings.system_cpu && system_before_) {
    readings.system_cpu_ns = readings.system_cpu->worked_ns_since(*system_before_);
    if (!readings.system_cpu_ns) readings.warnings.push_back("no CPU time of the whole system: a CPU came or went during the trial");
  }
  const KernelThreads after = KernelThreads::read();
  for (const char* reason : {kernel_threads_before_.unknown_because(), after.unknown_because()}) {
    if (reason == nullptr) continue;
    readings.warnings.push_back(std::string("no CPU time of kernel workers: ") + reason);
    return;
  }
  readings.kernel_workers_cpu_ns = after.worked_ns_since(kernel_threads_before_);
}

}  // namespace puntbench
