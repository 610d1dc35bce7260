#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace puntbench {

// Run time of every kernel thread: kworkers that complete writes (dio/...), jbd2, writeback, ksoftirqd. Two readings
// give what all of them worked in between, for whomever. The io-wq workers of kernels without
// IORING_FEAT_NATIVE_WORKERS are kernel threads too; they are left out, because they are another spender.
class KernelThreads {
 public:
  static KernelThreads read();

  // Why their time is unknown; null when it is known.
  const char* unknown_because() const noexcept { return unknown_because_; }

  // A thread that is new since `before` counts from 0. One that has exited since then is lost; idle kworkers live
  // for five minutes (IDLE_WORKER_TIMEOUT in kernel/workqueue.c), so these are few.
  uint64_t worked_ns_since(const KernelThreads& before) const;

 private:
  const char* unknown_because_ = nullptr;
  std::map<pid_t, uint64_t> run_ns_;
};

// Whether the text of /proc/PID/stat belongs to a kernel thread that is no io-wq worker.
bool is_kernel_thread(const std::string& stat);

}  // namespace puntbench
