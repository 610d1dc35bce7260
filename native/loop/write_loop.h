#pragma once

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "loop/ramp.h"
#include "loop/write_queue.h"

// The measured loop. Every way of issuing requests uses it. Nothing here allocates, throws or logs.
//
// A Queue knows which request is next, when it is due, and what is under way: WriteQueue, ReplayQueue.
// A Backend offers, all noexcept:
//   unsigned fill(const Slot&)           prepares the requests of one write, mostly one; returns their number
//   int submit()                         hands over the filled requests; returns their number or a negative errno
//   unsigned reap(complete)              calls complete(slot_index, result) for each completion; returns their number
//   int wait(uint64_t timeout_ns)        waits for one completion; kForever: without limit

namespace puntbench {

template <class Backend, class Queue>
class WriteLoop {
 public:
  WriteLoop(Backend& backend, Queue& queue, WriteRecord& record, Ramp& ramp, const std::atomic<bool>& cancelled)
      : backend_(backend), queue_(queue), record_(record), ramp_(ramp), cancelled_(cancelled) {}

  // The ramp has just started.
  void run() noexcept {
    first_ns_ = counted_since_ns_ = now_ns();
    count_if(ramp_.ns() == 0);
    queue_.set_first_due_ns(now_ns());
    queue_.paced() ? paced() : back_to_back();
    // A stream that failed in the ramp: nothing is counted.
    if (!counting_) count_if(true);
    record_.wall_ns = now_ns() - counted_since_ns_;
  }

 private:
  // Closed loop: queueDepth writes are under way at any time.
  void back_to_back() noexcept {
    while (!queue_.finished()) {
      if (cancelled_.load(std::memory_order_relaxed)) cancel();
      if (!counting_) count_if(queue_.half_taken());
      if (lasted_enough()) queue_.stop();
      fill(queue_.batch());
      submit();
      if (reap() == 0 && queue_.under_way() > 0 && !queue_.can_queue()) {
        // Perhaps the kernel took no request. Then no completion would end the wait.
        wait(unsubmitted_ > 0 ? kRetryNs : queue_.has_file() ? kForever : kCancelCheckNs);
        reap();
      }
    }
  }

  // Open loop: each write has its due moment, and earlier writes do not change it (but for a pause, which begins when the
  // writes before it have completed). A write that finds no
  // free slot is late, and its delay is part of its latency (no coordinated omission).
  void paced() noexcept {
    while (!queue_.finished()) {
      if (cancelled_.load(std::memory_order_relaxed)) cancel();
      if (!counting_) count_if(queue_.half_taken());
      if (lasted_enough()) queue_.stop();
      const uint64_t now = now_ns();
      while (queue_.can_queue() && queue_.next_due_ns() <= now) fill_next();
      submit();
      if (reap() > 0 || queue_.finished()) continue;
      const uint64_t until = queue_.can_queue() ? queue_.next_due_ns() : now + kCancelCheckNs;
      pause(std::min(until, now + (unsubmitted_ > 0 ? kRetryNs : kCancelCheckNs)));
    }
  }

  // Where the ramp ends, counting begins between two submissions. The requests under way stay under way.
  void count_if(bool now_at_latest) noexcept {
    if (!ramp_.over(now_at_latest)) return;
    counting_ = true;
    record_.restart(ramp_.ns() == 0 ? 0 : now_ns() - first_ns_, unsubmitted_ / per_write_);
    ramp_.count();
    counted_since_ns_ = now_ns();
  }

  bool lasted_enough() const noexcept {
    const uint64_t duration_ns = queue_.duration_ns();
    return duration_ns > 0 && counting_ && clock_ns_ >= counted_since_ns_ + duration_ns;
  }

  void fill(uint32_t batch) noexcept {
    for (uint32_t filled = 0; filled < batch && queue_.can_queue(); ++filled) fill_next();
  }

  void fill_next() noexcept {
    per_write_ = backend_.fill(queue_.queue_next());
    unsubmitted_ += per_write_;
  }

  void submit() noexcept {
    if (unsubmitted_ == 0) return;
    const uint64_t before = now_ns();
    queue_.submitting(before);
    const int result = backend_.submit();
    clock_ns_ = now_ns();
    record_.submitted(clock_ns_ - before);
    // The kernel may take only a part; the rest is handed over again.
    if (result >= 0) {
      unsubmitted_ -= std::min(unsubmitted_, static_cast<uint32_t>(result));
      return;
    }
    // The kernel is short of a resource now. The writes under way will free it.
    if (result != -EAGAIN && result != -EBUSY && result != -EINTR) fatal(result);
  }

  unsigned reap() noexcept {
    return backend_.reap([this](uint64_t slot, int64_t result) noexcept {
      queue_.completed(slot, result, clock_ns_);
    });
  }

  void wait(uint64_t timeout_ns) noexcept {
    const uint64_t before = clock_ns_;  // an empty reap ago: a second look at the clock would show nothing
    const int result = backend_.wait(timeout_ns);
    clock_ns_ = now_ns();
    record_.wait_ns += clock_ns_ - before;
    ++record_.wait_calls;
    if (result < 0 && result != -EINTR && result != -ETIME && result != -EAGAIN) fatal(result);
  }

  void pause(uint64_t until_ns) noexcept {
    const uint64_t now = now_ns();
    if (until_ns <= now) return;
    if (queue_.under_way() > 0) {
      wait(until_ns - now);
      reap();
      return;
    }
    const timespec until = to_timespec(until_ns);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }

  // The ring itself failed: no completion of a write under way can arrive any more.
  void fatal(int error) noexcept {
    queue_.failed(error);
    queue_.abandon();
    unsubmitted_ = 0;
  }

  // Writes under way must end, because they use our buffers. NOPs need not, and a ring that lost one must not hang.
  void cancel() noexcept {
    queue_.stop();
    if (!queue_.has_file() && queue_.under_way() > 0) fatal(-ETIMEDOUT);
  }

  static constexpr uint64_t kCancelCheckNs = 20'000'000;
  static constexpr uint64_t kRetryNs = 1'000'000;

  Backend& backend_;
  Queue& queue_;
  WriteRecord& record_;
  Ramp& ramp_;
  const std::atomic<bool>& cancelled_;
  uint64_t clock_ns_ = 0;  // end of the last system call; the completion time of the writes that it brought
  uint64_t first_ns_ = 0;
  uint64_t counted_since_ns_ = 0;
  bool counting_ = false;  // the ramp is over
  uint32_t per_write_ = 1;  // requests of the last write
  uint32_t unsubmitted_ = 0;  // filled requests that the kernel has not taken yet
};

}  // namespace puntbench
