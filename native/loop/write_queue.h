#pragma once

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/aligned_buffer.h"
#include "loop/write_stream.h"

namespace puntbench {

// One write under way, and the buffer that it uses.
struct Slot {
  uint64_t start_ns = 0;  // where its latency begins
  uint64_t delay_ns = 0;  // paced: from there to its submission
  uint64_t write = 0;     // n-th of the stream
  uint64_t offset = 0;    // in its file
  uint64_t issued = 0;    // writes of this slot, counted only where it has its own file
  uint32_t bytes = 0;     // 0 without a file
  uint8_t* buffer = nullptr;
  uint32_t index = 0;
  uint32_t file = 0;  // index into the stream's fds
  int fd = -1;
  bool under_way = false;
  bool read = false;
  bool sync = false;  // no write: the fdatasync that ends a group
};

// Keeps the state of the writes: which is next, which slot it uses, and its result.
// It makes no system call, and allocates nothing after open().
class WriteQueue {
 public:
  WriteQueue(const WriteStream& stream, WriteRecord& record) : stream_(stream), record_(record) {}

  bool open() {
    const size_t buffer_bytes = stream_.sizes.largest_bytes;
    if (!memory_.allocate(stream_.queue_depth * buffer_bytes)) return false;
    slots_.resize(stream_.queue_depth);
    idle_.reserve(stream_.queue_depth);
    queued_.reserve(stream_.queue_depth);
    group_.reserve(stream_.kind.group_writes);
    open_group();
    for (uint32_t i = 0; i < stream_.queue_depth; ++i) {
      slots_[i].index = i;
      if (stream_.file_per_slot) slots_[i].file = i;
      if (!stream_.fds.empty()) slots_[i].fd = stream_.fds[slots_[i].file];
      slots_[i].buffer = memory_.data() + i * buffer_bytes;
      std::memset(slots_[i].buffer, 0x5a, buffer_bytes);
      idle_.push_back(stream_.queue_depth - 1 - i);
    }
    return true;
  }

  const WriteStream& stream() const noexcept { return stream_; }
  const AlignedBuffer& memory() const noexcept { return memory_; }
  bool paced() const noexcept { return stream_.interval_ns != 0 || stream_.think_ns != 0; }
  bool has_file() const noexcept { return !stream_.fds.empty(); }
  // Requests that one submission hands over at most.
  uint32_t batch() const noexcept { return stream_.unbatched ? 1 : stream_.queue_depth; }
  // How long the counted part lasts at most; 0: until the stream ends.
  uint64_t duration_ns() const noexcept { return stream_.duration_ns; }
  // A file that is full sooner than expected still leaves a part to count after the ramp.
  bool half_taken() const noexcept { return next_ * 2 >= stream_.requests; }
  uint32_t queued() const noexcept { return static_cast<uint32_t>(queued_.size()); }
  uint64_t under_way() const noexcept { return slots_.size() - idle_.size() - retired_; }
  bool finished() const noexcept { return under_way() == 0 && ((next_ == stream_.requests && !sync_due_) || stopped_); }
  bool can_queue() const noexcept { return (next_ < group_end_ || sync_due_) && !idle_.empty() && !stopped_; }
  void stop() noexcept { stopped_ = true; }

  // Forgets the writes under way, so that the loop ends.
  void abandon() noexcept {
    stopped_ = true;
    queued_.clear();
    idle_.clear();
    for (Slot& slot : slots_) {
      slot.under_way = false;
      idle_.push_back(slot.index);
    }
    retired_ = 0;
  }

  // Due moment of the next write of a paced stream. After a pause all of a group are due at once.
  uint64_t next_due_ns() const noexcept { return sync_due_ ? 0 : first_due_ns_ + next_ * stream_.interval_ns; }
  void set_first_due_ns(uint64_t ns) noexcept { first_due_ns_ = ns; }

  // Takes the next write, or the fdatasync that is due. A write's buffer then holds the number of its first block, so that a
  // test can read it back.
  Slot& queue_next() noexcept {
    Slot& slot = slots_[idle_.back()];
    idle_.pop_back();
    queued_.push_back(slot.index);
    slot.under_way = true;
    slot.sync = std::exchange(sync_due_, false);
    if (slot.sync) return slot;
    slot.write = next_++;
    place(slot);
    slot.read = stream_.kind.reads(slot.write, stream_.seed);
    if (slot.fd >= 0 && !slot.read) stamp(slot);
    return slot;
  }

  void submitting(uint64_t now_ns) noexcept {
    record_.issued += queued_.size();
    for (const uint32_t index : queued_) {
      Slot& slot = slots_[index];
      slot.start_ns = now_ns;
      if (slot.sync) --record_.issued;
      if (stream_.interval_ns == 0) continue;
      slot.start_ns = first_due_ns_ + slot.write * stream_.interval_ns;
      slot.delay_ns = now_ns - slot.start_ns;
    }
    queued_.clear();
  }

  void completed(uint64_t slot_index, int64_t result, uint64_t now_ns) noexcept {
    // After abandon() a late completion belongs to no write.
    if (slot_index >= slots_.size() || !slots_[slot_index].under_way) return;
    Slot& slot = slots_[slot_index];
    slot.under_way = false;
    if (stream_.file_per_slot && slot.issued == stream_.requests_per_file) {
      ++retired_;  // its file is full
    } else {
      idle_.push_back(slot.index);
    }
    const bool whole = result == wanted(slot);
    if (!whole) failed(result < 0 ? static_cast<int>(result) : -EIO, result >= 0);
    if (stream_.kind.group_writes > 0) {
      completed_in_group(slot, whole, now_ns);
      return;
    }
    count(slot, whole, now_ns);
    if (stream_.think_ns == 0 || under_way() > 0 || next_ < group_end_) return;
    first_due_ns_ = now_ns + stream_.think_ns;
    open_group();
  }

  // The first failure ends the stream: the loop waits for the writes under way and issues no new one.
  void failed(int error, bool short_write = false) noexcept {
    ++record_.failed;
    stopped_ = true;
    if (record_.first_error != 0) return;
    record_.first_error = error;
    record_.short_write = short_write;
  }

 private:
  // The result of a request that succeeded in full.
  int64_t wanted(const Slot& slot) const noexcept {
    return slot.fd < 0 || slot.sync || !stream_.kind.moves_data() ? 0 : slot.bytes;
  }

  void place(Slot& slot) noexcept {
    if (slot.fd < 0) return;
    const uint64_t n = stream_.file_per_slot ? slot.issued++ : take_file(slot);
    slot.offset = stream_.block_of(n) * stream_.sizes.smallest_bytes;
    slot.bytes = stream_.bytes_of(n);
  }

  // Chooses the file; returns the number of the request in it.
  uint64_t take_file(Slot& slot) noexcept {
    const uint64_t n = stream_.first + slot.write * stream_.stride;
    const uint64_t files = stream_.fds.size();
    if (stream_.order != Order::kRecycled && files == 1) return n;
    const bool recycled = stream_.order == Order::kRecycled;
    slot.file = static_cast<uint32_t>((recycled ? n / stream_.requests_per_file : n) % files);
    slot.fd = stream_.fds[slot.file];
    return recycled ? n % stream_.requests_per_file : n / files;
  }

  void count(const Slot& slot, bool whole, uint64_t now_ns) noexcept {
    record_.completion(now_ns - slot.start_ns, slot.delay_ns);
    if (!whole) return;
    ++record_.completed;
    record_.bytes += slot.bytes;
  }

  // A group's writes are durable when its fdatasync has completed, so their latency ends there.
  void completed_in_group(const Slot& slot, bool whole, uint64_t now_ns) noexcept {
    if (!slot.sync) {
      if (whole) group_.push_back(slot);
      sync_due_ = under_way() == 0 && next_ == group_end_;
      return;
    }
    for (const Slot& write : group_) count(write, whole, now_ns);
    group_.clear();
    open_group();
  }

  // Without groups the whole stream is one.
  void open_group() noexcept {
    group_end_ = std::min(stream_.requests, next_ + stream_.group_requests());
  }

  void stamp(Slot& slot) noexcept {
    const uint64_t mark[2] = {slot.offset / stream_.sizes.smallest_bytes, stream_.seed};
    std::memcpy(slot.buffer, mark, sizeof mark);
  }

  const WriteStream& stream_;
  WriteRecord& record_;
  AlignedBuffer memory_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> idle_;    // a stack: the last used buffer is still in the CPU's cache
  std::vector<uint32_t> queued_;  // filled since the last submission
  std::vector<Slot> group_;       // writes that wait for their fdatasync
  uint64_t next_ = 0;
  uint64_t group_end_ = 0;  // first write of the next group
  bool sync_due_ = false;   // all writes of the group have completed
  size_t retired_ = 0;  // slots whose own file is full
  uint64_t first_due_ns_ = 0;
  bool stopped_ = false;
};

}  // namespace puntbench
