#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <vector>

#include "bpf/watch.h"

namespace puntbench {

// What was added to one row since the reading before.
struct AddedRow {
  uint32_t number;
  watch_counts counts;  // summed over the CPUs
  // How many pairs of `AddedRows::latencies` are its own: first those of inline requests, then those of punted ones.
  uint32_t inline_pairs;
  uint32_t punted_pairs;
};

// What a number stands for from now on.
struct NewRow {
  uint32_t number;
  watch_key key;
  watch_names names;
};

struct AddedRows {
  std::vector<NewRow> made;
  std::vector<AddedRow> rows;
  std::vector<uint32_t> latencies;  // pairs of a bucket's index and a count: most buckets are empty
};

// A map of the kernel in this process's memory, read-only.
class MapMemory {
 public:
  MapMemory() = default;
  MapMemory(const MapMemory&) = delete;
  MapMemory& operator=(const MapMemory&) = delete;
  ~MapMemory();
  // Returns 0 or -errno.
  int open(int map, size_t bytes);
  template <class Value>
  const Value* as() const {
    return static_cast<const Value*>(address_);
  }

 private:
  void* address_ = nullptr;
  size_t bytes_ = 0;
};

// The rows of a watch, which the BPF programs write (bpf/watch_rows.h). Their counters only grow, so that nothing is
// lost between two readings. Rows that were not used for longest are taken back when few are free.
class Rows {
 public:
  // Before the load: as many rows as the counters of all CPUs have memory for.
  int size_maps(bpf_object* object);
  // After it. Returns 0 or -errno.
  int open(bpf_object* object);
  // What was added since the last call. Returns 0 or -errno.
  int take(AddedRows& added);

 private:
  enum class State : uint8_t { kFree, kUsed, kLeaving };
  struct Row {
    watch_counts counts{};  // at the last reading
    watch_latencies latencies{};
    watch_key key{};
    uint64_t used_at = 0;  // number of the reading
    State state = State::kFree;
  };

  watch_counts sum(uint32_t number) const;
  void take_row(uint32_t number, AddedRows& added);
  int take_back();
  int begin_epoch();

  MapMemory counts_;
  MapMemory latencies_;
  MapMemory keys_;
  MapMemory names_;
  std::vector<Row> rows_;
  int numbers_ = -1;
  int free_ = -1;
  int epoch_map_ = -1;
  uint32_t row_count_ = 0;
  uint32_t cpus_ = 0;
  uint32_t epoch_ = 0;
  uint32_t used_ = 0;  // rows that are not free
  uint64_t reading_ = 0;
};

}  // namespace puntbench
