#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace puntbench {

// Which blocks follow each other. kRandomNext: a block drawn at random, or the next one that is left where it is taken;
// so neighbours are often under way together. kAppend: the file was opened with O_APPEND, so the kernel decides.
// kRecycled: the files are a log's segments, filled in turn; after the last one the first is overwritten. Every block is
// written twice.
enum class Order { kSequential, kRandom, kRandomNext, kAppend, kRecycled };

// The order of this name (`ORDERS` in results/vocabulary.ts); empty for an unknown one.
std::optional<Order> order_named(std::string_view name);

constexpr uint64_t passes_of(Order order) { return order == Order::kRecycled ? 2 : 1; }

// Sizes of requests: one, or drawn evenly from the multiples of the smallest up to the largest.
struct RequestSizes {
  uint32_t smallest_bytes = 4096;
  uint32_t largest_bytes = 4096;  // a multiple of the smallest
};

// Where the n-th request of a file is. An empty list: in turn, and all alike.
struct RequestPlaces {
  std::vector<uint32_t> blocks;  // first block; a block has the smallest size
  std::vector<uint32_t> bytes;

  // Of a file of so many blocks.
  uint64_t requests(uint64_t file_blocks) const noexcept { return blocks.empty() ? file_blocks : blocks.size(); }
};

// Covers each block of a file once. A request is shorter than drawn where it would meet a block that is taken. Only the seed
// decides.
RequestPlaces places_of(Order order, uint64_t blocks, const RequestSizes& sizes, uint64_t seed);

}  // namespace puntbench
