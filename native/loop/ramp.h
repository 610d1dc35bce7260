#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "meters/meters.h"

namespace puntbench {

// The first part of a trial, which is not counted: the queue fills, workers start, the journal reaches its pace.
//
// The stream stays pipelined when the ramp ends. To read the slow counters (/proc of all kernel threads) takes
// milliseconds, in which the submitter would let the queue run empty. So another thread reads them while the
// submitter goes on. When they are read, the submitter starts the fast counters between two submissions.
class Ramp {
 public:
  // `ns` 0: everything is counted.
  Ramp(Meters& meters, uint64_t ns) : meters_(meters), ns_(ns) {}
  ~Ramp();

  // Call it directly before the first submission.
  void start();

  // Whether the fast counters may start. `now_at_latest`: ends the ramp now, and waits until the slow counters are read.
  bool over(bool now_at_latest) noexcept;

  // Starts the fast counters. Only the submitter may call it, once, when the ramp is over.
  void count() noexcept { meters_.start_fast(); }

  uint64_t ns() const noexcept { return ns_; }

 private:
  void read_slow_counters();

  Meters& meters_;
  const uint64_t ns_;
  std::thread reader_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool cut_short_ = false;
  std::atomic<bool> read_{false};
};

}  // namespace puntbench
