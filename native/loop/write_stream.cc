#include "loop/write_stream.h"

#include <numeric>
#include <utility>

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

std::vector<uint32_t> shuffled_blocks(uint64_t blocks, uint64_t seed) {
  std::vector<uint32_t> order(blocks);
  std::iota(order.begin(), order.end(), 0u);
  for (uint64_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[below(i, seed)]);
  return order;
}

}  // namespace puntbench
