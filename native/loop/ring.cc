#include "loop/ring.h"

#include <fcntl.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/named.h"
#include "base/small_file.h"

namespace puntbench {

std::optional<RingMode> ring_mode_named(std::string_view name) {
  constexpr Named<RingMode> kModes[] = {
      {"best", RingMode::kBest},   {"defer", RingMode::kDefer},   {"coop", RingMode::kCoop},
      {"plain", RingMode::kPlain}, {"sqpoll", RingMode::kSqpoll}, {"iopoll", RingMode::kIopoll},
  };
  return value_named(name, kModes);
}

Status Ring::open(unsigned entries, RingMode mode, unsigned workers) {
  constexpr std::pair<RingMode, unsigned> kModes[] = {
      {RingMode::kDefer, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN},
      {RingMode::kCoop, IORING_SETUP_COOP_TASKRUN},
      {RingMode::kPlain, 0u},
      {RingMode::kSqpoll, IORING_SETUP_SQPOLL},
      {RingMode::kIopoll, IORING_SETUP_IOPOLL},
  };
  int result = -EINVAL;
  for (const auto& [candidate, flags] : kModes) {
    if (mode != RingMode::kBest && mode != candidate) continue;
    result = io_uring_queue_init(entries, &ring_, flags);
    if (result != -EINVAL) break;
  }
  if (result != 0) return {result, "io_uring_setup"};
  open_ = true;
  // Saves a file look-up in each io_uring_enter (5.18). The ring also works without it.
  io_uring_register_ring_fd(&ring_);
  if (workers == 0) return {};
  unsigned limits[2] = {workers, 0};
  return {io_uring_register_iowq_max_workers(&ring_, limits), "IORING_REGISTER_IOWQ_MAX_WORKERS"};
}

void Ring::close() noexcept {
  if (open_) io_uring_queue_exit(&ring_);
  open_ = false;
}

int Ring::wait(uint64_t timeout_ns) noexcept {
  io_uring_cqe* cqe = nullptr;
  if (timeout_ns == kForever) return io_uring_wait_cqe(&ring_, &cqe);
  auto timeout = to_timespec<__kernel_timespec>(timeout_ns);
  return io_uring_wait_cqe_timeout(&ring_, &cqe, &timeout);
}

Status Ring::find_submitter(pid_t& tid) const {
  if ((ring_.flags & IORING_SETUP_SQPOLL) == 0) return {};
  // "SqThread:\t<tid>" in the initial pid namespace (io_uring/fdinfo.c). Until the thread first runs, it is the tid of the
  // thread that opened the ring, and the name is not its own.
  const std::string info = "/proc/self/fdinfo/" + std::to_string(ring_.ring_fd);
  for (int tries = 0; tries < 1000; ++tries) {
    const std::string text = read_small_file(AT_FDCWD, info.c_str());
    const size_t at = text.find("SqThread:");
    if (at == std::string::npos) break;
    const int number = std::atoi(text.c_str() + at + 9);
    const std::string name =
        read_small_file(AT_FDCWD, ("/proc/self/task/" + std::to_string(number) + "/comm").c_str());
    if (name.empty()) break;
    if (name.rfind("iou-sqp-", 0) == 0) {
      tid = number;
      return {};
    }
    sleep_ns(1'000'000);
  }
  return {-ESRCH, "the SQPOLL thread"};
}

unsigned Ring::bounded_worker_limit() noexcept {
  unsigned limits[2] = {0, 0};  // 0 keeps the limit and returns it
  return io_uring_register_iowq_max_workers(&ring_, limits) == 0 ? limits[0] : 0;
}

void Ring::limit_unbounded_workers() noexcept {
  unsigned limits[2] = {0, bounded_worker_limit()};
  if (limits[1] != 0) io_uring_register_iowq_max_workers(&ring_, limits);
}

}  // namespace puntbench
