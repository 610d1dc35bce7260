#pragma once

#include <cstdint>
#include <vector>

#include "loop/request_kind.h"
#include "loop/ring.h"

namespace puntbench {

// The requests of one trial: every block of a file exactly once. By default they are writes. A NOP stream has no file.
struct WriteStream {
  RequestKind kind;
  std::vector<int> fds;             // one file; or one for each slot, so that no two writes under way share an inode
  uint32_t block_bytes = 4096;
  uint64_t blocks = 0;              // of all files together
  uint32_t queue_depth = 1;
  uint64_t interval_ns = 0;         // pace: from one due moment to the next; 0 is back to back
  uint64_t ramp_ns = 0;             // the first part, which is not counted; at most half of the blocks
  uint64_t duration_ns = 0;         // back to back: ends the counted part, also when blocks are left; 0: they end it
  std::vector<uint32_t> order;      // block number of the n-th write to a file; empty is sequential
  bool registered_buffers = false;  // io_uring only; also registers the files
  bool forced_async = false;        // io_uring only: IOSQE_ASYNC on every request
  bool unbatched = false;           // io_uring only: submits and reaps one write at a time
  RingMode ring = RingMode::kBest;  // io_uring only
  uint32_t iowq_workers = 0;        // io_uring only: most bounded io-wq workers; 0: as many as the kernel allows
  bool drained = false;             // io_uring only: IOSQE_IO_DRAIN on every request
  uint64_t seed = 0;                // stamped into every block beside its number

  bool file_per_slot() const noexcept { return fds.size() > 1; }
  uint64_t blocks_per_file() const noexcept { return fds.size() > 1 ? blocks / fds.size() : blocks; }
  uint64_t block_of(uint64_t write) const noexcept { return order.empty() ? write : order[write]; }
};

// What the loop measured after the ramp. It is allocated before the loop. Index n belongs to the n-th completion.
struct WriteRecord {
  std::vector<uint64_t> latency_ns;      // submission (paced: due moment) to reaped completion
  std::vector<uint64_t> issue_delay_ns;  // paced only: due moment to submission
  std::vector<uint64_t> submit_call_ns;  // n-th submitting call; see submitted()
  uint64_t recorded = 0;                 // elements of latency_ns and issue_delay_ns
  uint64_t completed = 0;                // writes that succeeded in full
  uint64_t issued = 0;                   // writes that were handed over; punts belong to these
  uint64_t wall_ns = 0;
  uint64_t submit_ns = 0;  // inside the calls that hand writes over; hidden blocking shows here
  uint64_t wait_ns = 0;    // inside the calls that wait for completions
  uint64_t submit_calls = 0;
  uint64_t wait_calls = 0;
  int first_error = 0;  // negative errno of the first write that failed; -EIO for a short one
  bool short_write = false;
  uint64_t failed = 0;
  uint64_t ramp_ns = 0;      // how long the ramp lasted
  uint64_t ramp_writes = 0;  // completed in it

  explicit WriteRecord(const WriteStream& stream)
      : latency_ns(stream.blocks),
        issue_delay_ns(stream.interval_ns ? stream.blocks : 0),
        submit_call_ns(stream.blocks) {}

  // Notes the time of one submitting call. Each call hands over at least one write, except calls that repeat a
  // refused one: when there is no room for these, only their sum is kept.
  void submitted(uint64_t ns) noexcept {
    if (submit_calls < submit_call_ns.size()) submit_call_ns[submit_calls] = ns;
    submit_ns += ns;
    ++submit_calls;
  }

  // Room is there for every write of the stream.
  void completion(uint64_t latency, uint64_t issue_delay) noexcept {
    latency_ns[recorded] = latency;
    if (!issue_delay_ns.empty()) issue_delay_ns[recorded] = issue_delay;
    ++recorded;
  }

  // Forgets what was counted in the ramp. A write under way counts when it completes, with all of its latency.
  // `unsubmitted`: writes that were handed over and that the kernel has not taken yet.
  void restart(uint64_t lasted_ns, uint64_t unsubmitted) noexcept {
    ramp_ns = lasted_ns;
    ramp_writes = completed;
    recorded = completed = submit_ns = wait_ns = submit_calls = wait_calls = 0;
    issued = unsubmitted;
  }
};

// A permutation of 0 ... blocks-1. Only the seed decides it (Fisher-Yates over SplitMix64).
std::vector<uint32_t> shuffled_blocks(uint64_t blocks, uint64_t seed);

}  // namespace puntbench
