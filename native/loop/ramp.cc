#include "loop/ramp.h"

#include <chrono>

namespace puntbench {

Ramp::~Ramp() { over(true); }

void Ramp::start() {
  if (ns_ == 0) {
    meters_.start_slow();
    meters_.sample_workers();
    read_ = true;
    return;
  }
  meters_.sample_workers();
  reader_ = std::thread([this] { read_slow_counters(); });
}

void Ramp::read_slow_counters() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::nanoseconds(ns_), [this] { return cut_short_; });
  }
  meters_.start_slow();
  read_.store(true, std::memory_order_release);
}

bool Ramp::over(bool now_at_latest) noexcept {
  if (now_at_latest && reader_.joinable()) {
    {
      std::lock_guard lock(mutex_);
      cut_short_ = true;
    }
    wake_.notify_one();
    reader_.join();
  }
  return read_.load(std::memory_order_acquire);
}

}  // namespace puntbench
