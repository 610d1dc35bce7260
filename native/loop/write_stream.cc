#include "loop/write_stream.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/named.h"

namespace puntbench {
namespace {

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
uint64_t split_mix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Uniform in [0, bound) without division (Lemire 2019); the bias at these bounds is below 2^-32.
uint64_t below(uint64_t bound, uint64_t& state) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(split_mix(state)) * bound) >> 64);
}

}  // namespace

std::optional<Order> order_named(std::string_view name) {
  constexpr Named<Order> kOrders[] = {
      {"sequential", Order::kSequential},
      {"random", Order::kRandom},
      {"append", Order::kAppend},
      {"recycled", Order::kRecycled},
  };
  return value_named(name, kOrders);
}

void WriteRecord::add(const WriteRecord& other) {
  const auto join = [](std::vector<uint64_t>& all, uint64_t used, const std::vector<uint64_t>& more, uint64_t count) {
    if (all.empty() && more.empty()) return;
    all.resize(used);
    all.insert(all.end(), more.begin(), more.begin() + static_cast<long>(count));
  };
  join(latency_ns, recorded, other.latency_ns, other.recorded);
  join(issue_delay_ns, recorded, other.issue_delay_ns, other.recorded);
  join(submit_call_ns, std::min<uint64_t>(submit_calls, submit_call_ns.size()), other.submit_call_ns,
       std::min<uint64_t>(other.submit_calls, other.submit_call_ns.size()));
  recorded += other.recorded;
  completed += other.completed;
  issued += other.issued;
  wall_ns = std::max(wall_ns, other.wall_ns);
  submit_ns += other.submit_ns;
  wait_ns += other.wait_ns;
  submit_calls += other.submit_calls;
  wait_calls += other.wait_calls;
  if (first_error == 0) {
    first_error = other.first_error;
    short_write = other.short_write;
  }
  failed += other.failed;
  ramp_ns = std::max(ramp_ns, other.ramp_ns);
  ramp_writes += other.ramp_writes;
}

std::vector<uint32_t> shuffled_blocks(uint64_t blocks, uint64_t seed) {
  std::vector<uint32_t> order(blocks);
  std::iota(order.begin(), order.end(), 0u);
  for (uint64_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[below(i, seed)]);
  return order;
}

}  // namespace puntbench
