#pragma once

#include <liburing.h>

#include <optional>
#include <string_view>

#include "base/status.h"

namespace puntbench {

// How requests reach the kernel, and completions the submitter. kBest takes the first of kDefer, kCoop and kPlain that this
// kernel has. kSqpoll: a thread of the kernel submits. kIopoll: completions are polled from the device.
enum class RingMode { kBest, kDefer, kCoop, kPlain, kSqpoll, kIopoll };

// The mode of this name (`RINGS` in results/vocabulary.ts); empty for an unknown one.
std::optional<RingMode> ring_mode_named(std::string_view name);

// Owns an io_uring. Only the task that opened it submits to it and reaps from it.
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() { close(); }

  // Prefers SINGLE_ISSUER | DEFER_TASKRUN (Linux 6.1): completions then run when we ask for them and
  // not inside a submission. Else COOP_TASKRUN (5.19), else no flag.
  // -EPERM: kernel.io_uring_disabled or seccomp. -ENOSYS: no io_uring.
  // -EINVAL: this kernel does not have the mode that was asked for, or cannot limit workers (Linux 5.15).
  // `workers`: the most bounded io-wq workers of this task that run; 0: as many as the kernel allows.
  Status open(unsigned entries, RingMode mode = RingMode::kBest, unsigned workers = 0);
  void close() noexcept;

  io_uring* get() noexcept { return &ring_; }

  // Waits for one completion; kForever: without limit. Returns 0 or -errno.
  int wait(uint64_t timeout_ns) noexcept;

  // Calls take(user_data, result) for each completion that has arrived, at most `limit`; returns their number.
  template <class Take>
  unsigned reap(Take&& take, unsigned limit = ~0u) noexcept {
    unsigned head = 0, ready = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(&ring_, head, cqe) {
      if (cqe->user_data != LIBURING_UDATA_TIMEOUT) take(cqe->user_data, cqe->res);
      if (++ready == limit) break;
    }
    io_uring_cq_advance(&ring_, ready);
    return ready;
  }

  unsigned flags() const noexcept { return ring_.flags; }
  unsigned entries() const noexcept { return ring_.sq.ring_entries; }

  // kSqpoll: the thread that submits, as this process sees it. -ESRCH: it is a kernel thread (before 5.12), or this
  // process cannot see it, because it lives in another pid namespace. Without kSqpoll `tid` stays as it is.
  Status find_submitter(pid_t& tid) const;

  // Whether io-wq workers are threads of this process (5.12, and 5.10.162), and not kernel threads.
  bool native_workers() const noexcept { return (ring_.features & IORING_FEAT_NATIVE_WORKERS) != 0; }

  // Limit of bounded io-wq workers of this task (IORING_REGISTER_IOWQ_MAX_WORKERS, 5.15); 0 if unknown.
  unsigned bounded_worker_limit() noexcept;

  // Lets no more unbounded workers run than bounded ones. From 6.12 on a forced request is punted before its file is
  // known, so it goes to the unbounded pool, whose limit is the number of processes. A natural punt of a write to a
  // file goes to the bounded one. Without the system call (before 5.15, except 5.10.162+) nothing changes.
  void limit_unbounded_workers() noexcept;

 private:
  io_uring ring_{};
  bool open_ = false;
};

// Every trial's ring has at least this number of entries. io-wq allows min(entries, 4 x CPUs) bounded
// workers: if the ring were as small as the queue depth, the depth would also change the number of workers.
constexpr unsigned kMinRingEntries = 128;

}  // namespace puntbench
