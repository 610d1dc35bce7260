// libFuzzer over each reader of bytes in the driver's core. scripts/test-fuzz builds and runs it with AddressSanitizer
// and UBSan. PUNTBENCH_FUZZ_TARGET names the target; each has a folder of kept inputs in corpus/.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "files/extents.h"
#include "loop/write_loop.h"
#include "meters/kernel_threads.h"
#include "meters/punt_counter.h"
#include "meters/system_cpu.h"
#include "meters/worker_census.h"

using namespace puntbench;

namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

// Hands out numbers until the input is used up, then zeros.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  template <class Number>
  Number next() {
    Number number{};
    const size_t taken = size_ < sizeof number ? size_ : sizeof number;
    std::memcpy(&number, data_, taken);
    data_ += taken;
    size_ -= taken;
    return number;
  }

  bool empty() const { return size_ == 0; }
  std::string rest() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const uint8_t* data_;
  size_t size_;
};

void schedstat(Input input) { parse_schedstat(input.rest()); }
void stat(Input input) { parse_stat(input.rest()); }
void kernel_thread(Input input) { is_kernel_worker(input.rest()); }
void status(Input input) { parse_switches(input.rest()); }

void format(Input input) {
  PuntTracepoint tracepoint;
  choose_filters(input.rest(), tracepoint);
}

// Extents as the kernel may list them: ascending, without overlap, and perhaps beyond the end of the file.
void extents(Input input) {
  const uint64_t size_bytes = input.next<uint32_t>();
  std::vector<Extent> extents;
  uint64_t end = 0;
  while (!input.empty() && extents.size() < 64) {
    const uint64_t offset = end + input.next<uint32_t>();
    const uint64_t length = input.next<uint32_t>();
    extents.push_back({offset, 0, length, input.next<uint16_t>()});
    end = offset + length;
  }
  const ExtentState state = state_of(extents, size_bytes);
  require(state.written_bytes + state.unwritten_bytes + state.hole_bytes == size_bytes, "bytes up to the size add up");
  require(state.hole_bytes <= size_bytes, "holes are not larger than the file");
}

constexpr uint32_t kBlockBytes = 512;

// A kernel that the input decides: how many requests it takes, which complete, in which order, with which result.
class DecidedBackend {
 public:
  explicit DecidedBackend(Input& input) : input_(input) {}

  unsigned fill(const Slot& slot) noexcept {
    filled_.push_back(slot.index);
    return 1;
  }

  int submit() noexcept {
    const auto decision = input_.next<uint8_t>();
    if (decision > 250) return -EAGAIN;
    if (decision > 248) return -EBADR;
    const size_t taken = input_.empty() ? filled_.size() : decision % (filled_.size() + 1);
    taken_.insert(taken_.end(), filled_.begin(), filled_.begin() + static_cast<ptrdiff_t>(taken));
    filled_.erase(filled_.begin(), filled_.begin() + static_cast<ptrdiff_t>(taken));
    return static_cast<int>(taken);
  }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    if (taken_.empty()) return 0;
    const auto decision = input_.next<uint8_t>();
    const size_t index = decision % taken_.size();
    const uint32_t slot = taken_[index];
    taken_.erase(taken_.begin() + static_cast<ptrdiff_t>(index));
    complete(decision == 255 ? 1'000'000u : slot, decision > 252 ? -EIO : decision > 250 ? 1 : kBlockBytes);
    if (decision == 255) complete(slot, kBlockBytes);
    return 1;
  }

  int wait(uint64_t timeout_ns) noexcept {
    require(timeout_ns != kForever || !taken_.empty(), "the loop waits without limit only for what the kernel took");
    return timeout_ns == kForever ? 0 : -ETIME;
  }

 private:
  Input& input_;
  std::vector<uint32_t> filled_, taken_;
};

void write_loop(Input input) {
  static const std::atomic<bool> never{false};
  WriteStream stream;
  stream.fds = {0};
  stream.sizes = {kBlockBytes, kBlockBytes};
  stream.requests = 1 + input.next<uint8_t>() % 64;
  stream.queue_depth = 1 + input.next<uint8_t>() % 16;
  stream.unbatched = input.next<uint8_t>() % 2 == 1;
  const uint8_t pace = input.next<uint8_t>() % 3;
  stream.interval_ns = pace == 1;  // 1 ns: every write is due at once
  stream.think_ns = pace == 2;
  stream.think_requests = pace == 2 ? 3 : 0;
  WriteRecord record(stream);
  WriteQueue queue(stream, record);
  require(queue.open(), "memory for the queue");
  DecidedBackend backend(input);
  static Meters meters;  // not opened: it counts nothing
  Ramp ramp(meters, 0);
  WriteLoop(backend, queue, record, ramp, never).run();
  require(queue.under_way() == 0, "no write is under way at the end");
  require(record.completed <= stream.requests, "no write completes twice");
  require(record.first_error != 0 || record.completed == stream.requests, "without an error every block is written");
}

struct Target {
  const char* name;
  void (*read)(Input);
};
constexpr Target kTargets[] = {
    {"schedstat", schedstat}, {"stat", stat},       {"kernel-thread", kernel_thread}, {"status", status},
    {"format", format},       {"extents", extents}, {"write-loop", write_loop},
};

void (*chosen())(Input) {
  const char* name = std::getenv("PUNTBENCH_FUZZ_TARGET");
  for (const Target& target : kTargets) {
    if (name != nullptr && std::strcmp(name, target.name) == 0) return target.read;
  }
  std::fprintf(stderr, "PUNTBENCH_FUZZ_TARGET names no target\n");
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static void (*const read)(Input) = chosen();
  read({data, size});
  return 0;
}
