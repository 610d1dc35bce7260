#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace puntbench {

// Asks for the timestamps of files at a fixed interval, from another thread, as a backup or a monitor does. With multigrain
// timestamps (Linux 6.13) the next write after each question must then update them.
class StatBeside {
 public:
  StatBeside(std::vector<int> fds, uint64_t interval_ns) : fds_(std::move(fds)), interval_(interval_ns) {
    if (interval_ns > 0) thread_ = std::jthread([this](std::stop_token stop) { ask(stop); });
  }

 private:
  void ask(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      struct statx found;
      for (const int fd : fds_) statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &found);
      wake_.wait_for(lock, stop, interval_, [] { return false; });
    }
  }

  const std::vector<int> fds_;
  const std::chrono::nanoseconds interval_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace puntbench
