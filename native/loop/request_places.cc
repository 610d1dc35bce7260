#include "loop/request_places.h"

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

// A permutation (Fisher-Yates).
std::vector<uint32_t> shuffled(uint64_t blocks, uint64_t seed) {
  std::vector<uint32_t> order(blocks);
  std::iota(order.begin(), order.end(), 0u);
  for (uint64_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[below(i, seed)]);
  return order;
}

// The blocks that are left. A taken one points towards the next that may be left (disjoint sets with path halving).
class BlocksLeft {
 public:
  explicit BlocksLeft(uint64_t blocks) : next_(blocks + 1) { std::iota(next_.begin(), next_.end(), 0u); }

  bool has(uint64_t block) const { return next_[block] == block; }

  // This one, or the first behind it; behind the last comes the first. Some block must be left.
  uint64_t at_or_behind(uint64_t block) {
    while (!has(block)) block = next_[block] = next_[next_[block]];
    return block + 1 < next_.size() ? block : at_or_behind(0);
  }

  // Takes a run from `block` on, of at most so many; returns its length.
  uint64_t take(uint64_t block, uint64_t most) {
    uint64_t taken = 0;
    for (; taken < most && has(block + taken); ++taken) next_[block + taken] = static_cast<uint32_t>(block + taken + 1);
    return taken;
  }

 private:
  std::vector<uint32_t> next_;  // one more than blocks: the end
};

}  // namespace

std::optional<Order> order_named(std::string_view name) {
  constexpr Named<Order> kOrders[] = {
      {"sequential", Order::kSequential},
      {"random", Order::kRandom},
      {"random-next", Order::kRandomNext},
      {"append", Order::kAppend},
      {"recycled", Order::kRecycled},
  };
  return value_named(name, kOrders);
}

RequestPlaces places_of(Order order, uint64_t blocks, const RequestSizes& sizes, uint64_t seed) {
  const uint64_t most = sizes.largest_bytes / sizes.smallest_bytes;
  const std::vector<uint32_t> permutation = order == Order::kRandom ? shuffled(blocks, seed) : std::vector<uint32_t>{};
  if (most == 1 && order != Order::kRandomNext) return {permutation, {}};
  RequestPlaces places;
  BlocksLeft left(blocks);
  uint64_t taken = 0;
  for (uint64_t n = 0; taken < blocks; ++n) {
    uint64_t block = taken;
    if (order == Order::kRandom) block = permutation[n];
    if (order == Order::kRandomNext) block = left.at_or_behind(below(blocks, seed));
    if (!left.has(block)) continue;
    const uint64_t length = left.take(block, 1 + below(std::min(most, blocks - block), seed));
    places.blocks.push_back(static_cast<uint32_t>(block));
    if (most > 1) places.bytes.push_back(static_cast<uint32_t>(length * sizes.smallest_bytes));
    taken += length;
  }
  return places;
}

}  // namespace puntbench
