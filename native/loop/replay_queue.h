#pragma once

#include <atomic>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "loop/replay_plan.h"
#include "loop/write_stream.h"

namespace puntbench {

// What the threads of a replay tell each other, so that requests and system calls keep the order that they had.
struct ReplayProgress {
  std::atomic<uint64_t> completed{0};   // requests of all rings
  std::atomic<uint64_t> calls_done{0};
  const std::atomic<bool>& cancelled;
};

struct ReplaySlot {
  const ReplayRequest* request = nullptr;
  uint64_t index = 0;  // of those under way
};

// The requests of one ring, in the order in which they were recorded.
class ReplayQueue {
 public:
  ReplayQueue(const ReplayRing& ring, bool paced, WriteRecord& record, ReplayProgress& progress)
      : structures_(ring.requests),
        requests_(structures_.view()),
        paced_(paced),
        record_(record),
        progress_(progress),
        under_way_at_(kUnderWayMax),
        keep_every_(requests_.size() / kKeptMax + 1) {
    queued_.reserve(kUnderWayMax);
    free_.reserve(kUnderWayMax);
    for (uint32_t slot = kUnderWayMax; slot > 0; --slot) free_.push_back(slot - 1);
  }

  // Latencies of more requests are a sample: the record must not grow with the recording.
  static constexpr uint64_t kKeptMax = 1 << 16;

  // As many requests may be under way, also when the kernel is slower than the recorded one.
  static constexpr uint32_t kUnderWayMax = 4096;

  bool paced() const noexcept { return paced_; }
  bool has_file() const noexcept { return true; }
  uint32_t batch() const noexcept { return kUnderWayMax; }
  uint64_t duration_ns() const noexcept { return 0; }
  bool half_taken() const noexcept { return next_ * 2 >= requests_.size(); }
  uint64_t under_way() const noexcept { return under_way_; }
  bool finished() const noexcept { return under_way_ == 0 && (next_ == requests_.size() || stopped_); }
  void stop() noexcept { stopped_ = true; }
  void abandon() noexcept {
    stopped_ = true;
    under_way_ = 0;
    queued_.clear();
  }
  void set_first_due_ns(uint64_t ns) noexcept { first_due_ns_ = ns; }
  uint64_t next_due_ns() const noexcept { return first_due_ns_ + requests_[next_].due_ns; }

  // A request that is linked to the one before it goes into the same submission.
  bool can_queue() noexcept {
    if (next_ == requests_.size() || stopped_ || under_way_ == kUnderWayMax) return false;
    if (chained_) return true;
    const ReplayRequest& next = requests_[next_];
    if (!paced_ && under_way_ >= next.depth && under_way_ > 0) return false;
    return calls_are_done(next);
  }

  ReplaySlot queue_next() noexcept {
    const ReplaySlot slot{&requests_[next_], free_.back()};
    free_.pop_back();
    structures_.passed(next_++);
    chained_ = (slot.request->sqe_flags & (IOSQE_IO_LINK | IOSQE_IO_HARDLINK)) != 0;
    under_way_at_[slot.index].due_ns = first_due_ns_ + slot.request->due_ns;
    queued_.push_back(static_cast<uint32_t>(slot.index));
    ++under_way_;
    return slot;
  }

  void submitting(uint64_t now_ns) noexcept {
    record_.issued += queued_.size();
    for (const uint32_t slot : queued_) under_way_at_[slot].start_ns = now_ns;
    queued_.clear();
  }

  void completed(uint64_t index, int64_t result, uint64_t now_ns) noexcept {
    if (under_way_ == 0 || index >= kUnderWayMax) return;
    --under_way_;
    const auto [due_ns, start_ns] = under_way_at_[index];
    free_.push_back(static_cast<uint32_t>(index));
    const uint64_t late_ns = paced_ && start_ns > due_ns ? start_ns - due_ns : 0;
    if (ended_++ % keep_every_ == 0) record_.completion(now_ns - start_ns + late_ns, late_ns);
    if (result >= 0) ++record_.completed;
    else failed(static_cast<int>(result));
    progress_.completed.fetch_add(1, std::memory_order_release);
  }

  // A request that fails does not end a replay.
  void failed(int error) noexcept {
    ++record_.failed;
    if (record_.first_error == 0) record_.first_error = error;
  }

 private:
  // With nothing under way no completion wakes this thread, so it waits here.
  bool calls_are_done(const ReplayRequest& next) const noexcept {
    while (progress_.calls_done.load(std::memory_order_acquire) < next.calls_before) {
      if (under_way_ > 0 || progress_.cancelled.load(std::memory_order_relaxed)) return false;
      sleep_ns(20'000);
    }
    return true;
  }

  struct Moments {
    uint64_t due_ns = 0;
    uint64_t start_ns = 0;
  };

  const MappedStructures<ReplayRequest>& structures_;
  const std::span<const ReplayRequest> requests_;
  const bool paced_;
  WriteRecord& record_;
  ReplayProgress& progress_;
  std::vector<Moments> under_way_at_;
  std::vector<uint32_t> free_;    // of these
  std::vector<uint32_t> queued_;  // filled since the last submission
  const uint64_t keep_every_;
  uint64_t ended_ = 0;
  uint64_t next_ = 0;
  uint64_t under_way_ = 0;  // with those that are filled
  uint64_t first_due_ns_ = 0;
  bool chained_ = false;
  bool stopped_ = false;
};

}  // namespace puntbench
