#include "watch/rows.h"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "watch/loading.h"

namespace puntbench {
namespace {

template <class Counts, class Combine>
void combine(Counts& into, const Counts& with, const Combine& each) {
  auto* to = reinterpret_cast<unsigned long long*>(&into);
  const auto* from = reinterpret_cast<const unsigned long long*>(&with);
  for (size_t i = 0; i < sizeof(Counts) / sizeof *to; ++i) to[i] = each(to[i], from[i]);
}

// Appends what was added to each bucket. Returns how many pairs that are.
uint32_t take_buckets(unsigned int (&before)[WATCH_BUCKETS], const unsigned int (&now)[WATCH_BUCKETS],
                      std::vector<uint32_t>& pairs) {
  const size_t size = pairs.size();
  for (uint32_t i = 0; i < WATCH_BUCKETS; ++i) {
    const unsigned int count = now[i];
    if (count == before[i]) continue;
    pairs.push_back(i);
    pairs.push_back(count - before[i]);
    before[i] = count;
  }
  return static_cast<uint32_t>(pairs.size() - size) / 2;
}

}  // namespace

MapMemory::~MapMemory() {
  if (address_ != nullptr) munmap(address_, bytes_);
}

int MapMemory::open(int map, size_t bytes) {
  void* address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, map, 0);
  if (address == MAP_FAILED) return -errno;
  address_ = address;
  bytes_ = bytes;
  return 0;
}

int Rows::size_maps(bpf_object* object) {
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return cpus;
  cpus_ = static_cast<uint32_t>(cpus);
  row_count_ = std::min<uint32_t>(WATCH_ROWS, WATCH_COUNTS_BYTES / sizeof(watch_counts) / cpus_);
  bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "row_counts"), row_count_ * cpus_);
  return set_constant(object, "row_count", row_count_);
}

int Rows::open(bpf_object* object) {
  const auto map = [&](const char* name) { return bpf_object__find_map_fd_by_name(object, name); };
  numbers_ = map("row_numbers");
  free_ = map("free_rows");
  epoch_map_ = map("row_epoch");
  if (int error = counts_.open(map("row_counts"), sizeof(watch_counts) * row_count_ * cpus_)) return error;
  if (int error = latencies_.open(map("row_latencies"), sizeof(watch_latencies) * WATCH_ROWS)) return error;
  if (int error = keys_.open(map("row_keys"), sizeof(watch_key) * WATCH_ROWS)) return error;
  if (int error = names_.open(map("row_names"), sizeof(watch_names) * WATCH_ROWS)) return error;
  rows_.resize(row_count_);
  for (uint32_t number = 0; number < row_count_; ++number) {
    if (bpf_map_update_elem(free_, nullptr, &number, BPF_ANY) != 0) return -errno;
  }
  return begin_epoch();
}

int Rows::begin_epoch() {
  const uint32_t zero = 0;
  epoch_ += 1;
  return bpf_map_update_elem(epoch_map_, &zero, &epoch_, BPF_ANY) == 0 ? 0 : -errno;
}

watch_counts Rows::sum(uint32_t number) const {
  watch_counts sum{};
  for (uint32_t cpu = 0; cpu < cpus_; ++cpu) {
    combine(sum, counts_.as<watch_counts>()[cpu * row_count_ + number], [](auto a, auto b) { return a + b; });
  }
  return sum;
}

void Rows::take_row(uint32_t number, AddedRows& added) {
  // Its counters have a cache line for each CPU, of which a number that was never given out needs none.
  if (keys_.as<watch_key>()[number].ring == 0) return;
  Row& row = rows_[number];
  const watch_counts now = sum(number);
  if (now.requests == row.counts.requests) return;
  // Key and names were written before the first count.
  std::atomic_thread_fence(std::memory_order_acquire);
  if (row.state == State::kFree) {
    row.key = keys_.as<watch_key>()[number];
    row.state = State::kUsed;
    used_ += 1;
    added.made.push_back({number, row.key, names_.as<watch_names>()[number]});
  }
  row.used_at = reading_;
  AddedRow& one = added.rows.emplace_back(AddedRow{.number = number, .counts = now});
  combine(one.counts, row.counts, [](auto a, auto b) { return a - b; });
  row.counts = now;
  if (one.counts.measured == 0) return;
  const watch_latencies& latencies = latencies_.as<watch_latencies>()[number];
  one.inline_pairs = take_buckets(row.latencies.inline_ns, latencies.inline_ns, added.latencies);
  one.punted_pairs = take_buckets(row.latencies.punted_ns, latencies.punted_ns, added.latencies);
}

int Rows::take(AddedRows& added) {
  reading_ += 1;
  for (uint32_t number = 0; number < row_count_; ++number) take_row(number, added);
  return take_back();
}

// A row leaves in two steps: its number is forgotten at one reading, and is free at the next one. In between, programs
// that had looked it up before have ended, and their counts have been taken.
int Rows::take_back() {
  for (uint32_t number = 0; number < row_count_; ++number) {
    Row& row = rows_[number];
    if (row.state != State::kLeaving || row.used_at == reading_) continue;
    if (bpf_map_update_elem(free_, nullptr, &number, BPF_ANY) != 0) return -errno;
    row.state = State::kFree;
    used_ -= 1;
  }
  if (used_ <= row_count_ - row_count_ / 4) return 0;
  std::vector<uint32_t> oldest;
  for (uint32_t number = 0; number < row_count_; ++number) {
    const Row& row = rows_[number];
    if (row.state == State::kUsed && row.used_at < reading_) oldest.push_back(number);
  }
  const size_t leaving = std::min<size_t>(oldest.size(), row_count_ / 4);
  std::partial_sort(oldest.begin(), oldest.begin() + static_cast<long>(leaving), oldest.end(),
                    [&](uint32_t a, uint32_t b) { return rows_[a].used_at < rows_[b].used_at; });
  for (size_t i = 0; i < leaving; ++i) {
    bpf_map_delete_elem(numbers_, &rows_[oldest[i]].key);
    rows_[oldest[i]].state = State::kLeaving;
  }
  return leaving == 0 ? 0 : begin_epoch();
}

}  // namespace puntbench
