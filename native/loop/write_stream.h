#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loop/request_kind.h"
#include "loop/request_places.h"
#include "loop/ring.h"

namespace puntbench {

// The requests of one ring. By default they are writes, one for every block of a file. A NOP stream has no file.
struct WriteStream {
  RequestKind kind;
  std::vector<int> fds;
  int folder = -1;                  // of the files, for requests that name one
  std::vector<std::string> names;   // of the files in their folder
  bool file_per_slot = false;       // no two writes under way share an inode; else several files take turns
  RequestSizes sizes;
  RequestPlaces places;
  uint64_t requests = 0;            // of this ring
  uint64_t requests_per_file = 0;   // used only with several files, and by kRecycled
  uint64_t first = 0;               // several rings share one file: this ring makes the requests first, first + stride, ...
  uint64_t stride = 1;
  uint32_t queue_depth = 1;
  uint64_t interval_ns = 0;         // pace: from one due moment to the next; 0 is back to back
  uint32_t think_requests = 0;      // when so many have completed, the stream pauses for think_ns; 0: never
  uint64_t think_ns = 0;
  uint64_t ramp_ns = 0;             // the first part, which is not counted; at most half of the requests
  uint64_t duration_ns = 0;         // back to back: ends the counted part, also when requests are left; 0: they end it
  Order order = Order::kSequential;
  bool registered_buffers = false;  // io_uring only; also registers the files
  bool forced_async = false;        // io_uring only: IOSQE_ASYNC on every request
  bool unbatched = false;           // io_uring only: submits and reaps one write at a time
  RingMode ring = RingMode::kBest;  // io_uring only
  uint32_t iowq_workers = 0;        // io_uring only: most bounded io-wq workers; 0: as many as the kernel allows
  bool drained = false;             // io_uring only: IOSQE_IO_DRAIN on every request
  uint64_t seed = 0;                // stamped into every block beside its number

  // Of the n-th request to a file.
  uint64_t block_of(uint64_t n) const noexcept { return places.blocks.empty() ? n : places.blocks[n]; }
  uint32_t bytes_of(uint64_t n) const noexcept { return places.bytes.empty() ? sizes.smallest_bytes : places.bytes[n]; }

  // Requests that are issued before those under way have all completed; then the stream is synced or pauses.
  uint64_t group_requests() const noexcept {
    if (kind.group_writes > 0) return kind.group_writes;
    return think_ns > 0 && think_requests > 0 ? think_requests : requests;
  }
};

// What the loop measured after the ramp. It is allocated before the loop. Index n belongs to the n-th completion.
struct WriteRecord {
  std::vector<uint64_t> latency_ns;      // submission (paced: due moment) to reaped completion
  std::vector<uint64_t> issue_delay_ns;  // paced only: due moment to submission
  std::vector<uint64_t> submit_call_ns;  // n-th submitting call; see submitted()
  uint64_t recorded = 0;                 // elements of latency_ns and issue_delay_ns
  uint64_t completed = 0;                // writes that succeeded in full
  uint64_t bytes = 0;                    // of these
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
      : latency_ns(stream.requests),
        issue_delay_ns(stream.interval_ns ? stream.requests : 0),
        submit_call_ns(stream.requests) {}

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

  // Adds what another ring measured at the same time.
  void add(const WriteRecord& other);

  // Forgets what was counted in the ramp. A write under way counts when it completes, with all of its latency.
  // `unsubmitted`: writes that were handed over and that the kernel has not taken yet.
  void restart(uint64_t lasted_ns, uint64_t unsubmitted) noexcept {
    ramp_ns = lasted_ns;
    ramp_writes = completed;
    recorded = completed = bytes = submit_ns = wait_ns = submit_calls = wait_calls = 0;
    issued = unsubmitted;
  }
};

}  // namespace puntbench
