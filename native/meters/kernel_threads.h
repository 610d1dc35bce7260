#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace puntbench {

// Run time of every kernel thread: kworkers that complete writes (dio/...), jbd2, writeback, ksoftirqd. Two readings
// give what all of them worked in between, for whomever. The io-wq workers of kernels without
// IORING_FEAT_NATIVE_WORKERS are kernel threads too; they are left out, because they are another spender.
//
// Threads that only ever do one thing, and never for a write (kdamond, khugepaged), are left out as well: they are in
// the rest of the system. A kworker is counted whatever it is called, because it serves many work queues and its name
// tells only the last one. So unrelated work is in the sum; what these threads work while nobody writes shows how much.
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

// Whether the text of /proc/PID/stat belongs to a kernel thread whose time counts here.
bool is_kernel_worker(const std::string& stat);

}  // namespace puntbench
