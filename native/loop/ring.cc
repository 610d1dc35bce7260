#include "loop/ring.h"

#include <utility>

namespace puntbench {

std::optional<RingMode> ring_mode_named(std::string_view name) {
  if (name == "best") return RingMode::kBest;
  if (name == "defer") return RingMode::kDefer;
  if (name == "coop") return RingMode::kCoop;
  if (name == "plain") return RingMode::kPlain;
  return std::nullopt;
}

Status Ring::open(unsigned entries, RingMode mode) {
  constexpr std::pair<RingMode, unsigned> kModes[] = {
      {RingMode::kDefer, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN},
      {RingMode::kCoop, IORING_SETUP_COOP_TASKRUN},
      {RingMode::kPlain, 0u},
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
  return {};
}

void Ring::close() noexcept {
  if (open_) io_uring_queue_exit(&ring_);
  open_ = false;
}

unsigned Ring::bounded_worker_limit() noexcept {
  unsigned limits[2] = {0, 0};  // 0 keeps the limit and returns it
  return io_uring_register_iowq_max_workers(&ring_, limits) == 0 ? limits[0] : 0;
}

Status Ring::limit_bounded_workers(unsigned workers) noexcept {
  unsigned limits[2] = {workers, 0};
  return {io_uring_register_iowq_max_workers(&ring_, limits), "IORING_REGISTER_IOWQ_MAX_WORKERS"};
}

void Ring::limit_unbounded_workers() noexcept {
  unsigned limits[2] = {0, bounded_worker_limit()};
  if (limits[1] != 0) io_uring_register_iowq_max_workers(&ring_, limits);
}

}  // namespace puntbench
