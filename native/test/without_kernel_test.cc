#include <vector>

#include "loop/write_loop.h"
#include "meters/kernel_threads.h"
#include "test/check.h"

using namespace puntbench;

namespace {

constexpr uint32_t kBlockBytes = 512;

// Takes one request of each submission, as the kernel may, and refuses every third call.
class StingyBackend {
 public:
  unsigned fill(const Slot& slot) noexcept {
    filled_.push_back(slot.index);
    return 1;
  }

  int submit() noexcept {
    if (++calls_ % 3 == 0) return -EAGAIN;
    if (filled_.empty()) return 0;
    taken_.push_back(filled_.front());
    filled_.erase(filled_.begin());
    return 1;
  }

  template <class Complete>
  unsigned reap(Complete&& complete) noexcept {
    const unsigned ready = static_cast<unsigned>(taken_.size());
    for (const uint32_t slot : taken_) complete(slot, kBlockBytes);
    taken_.clear();
    return ready;
  }

  // The request that no call handed over would never complete.
  int wait(uint64_t timeout_ns) noexcept {
    waited_for_ever = waited_for_ever || timeout_ns > kNsPerSecond;
    return waited_for_ever ? -EIO : -ETIME;
  }

  bool waited_for_ever = false;

 private:
  std::vector<uint32_t> filled_, taken_;
  unsigned calls_ = 0;
};

void what_the_kernel_did_not_take_is_submitted_again() {
  for (const uint64_t interval_ns : {0u, 1000u}) {
    WriteStream stream;
    stream.fds = {0};  // the fake backend writes nothing; a stream with a file may wait without limit
    stream.requests = 64;
    stream.sizes = {kBlockBytes, kBlockBytes};
    stream.queue_depth = 8;
    stream.interval_ns = interval_ns;
    WriteRecord record(stream);
    WriteQueue queue(stream, record);
    CHECK(queue.open());
    StingyBackend backend;
    Meters meters;
    Ramp ramp(meters, 0);
    ramp.start();
    WriteLoop(backend, queue, record, ramp, kNever).run();
    CHECK(record.completed == 64);
    CHECK(!backend.waited_for_ever);
  }
}

void a_completion_after_abandon_counts_for_nothing() {
  WriteStream stream;
  stream.requests = 8;
  stream.queue_depth = 4;
  WriteRecord record(stream);
  WriteQueue queue(stream, record);
  CHECK(queue.open());
  const uint32_t slot = queue.queue_next().index;
  queue.abandon();
  queue.completed(slot, 0, 1);
  queue.completed(99, 0, 1);
  CHECK(queue.under_way() == 0 && queue.finished());
  CHECK(record.completed == 0);
}

void a_cpu_that_leaves_makes_system_time_unknown() {
  const SystemCpu before{"schedstat", 500, 1, "0-3"};
  CHECK((SystemCpu{"schedstat", 700, 1, "0-3"}.worked_ns_since(before) == 200));
  CHECK((!SystemCpu{"schedstat", 400, 1, "0-3"}.worked_ns_since(before)));
  CHECK((!SystemCpu{"schedstat", 700, 1, "0-2"}.worked_ns_since(before)));
  CHECK((!SystemCpu{"stat", 700, 1, "0-3"}.worked_ns_since(before)));
}

// Lines of /proc/PID/stat as these kernels print them. 0x208040 and 0x4208060 have PF_KTHREAD, 0x404500 has not.
void only_threads_that_may_serve_writes_are_kernel_workers() {
  CHECK(is_kernel_worker("28849 (kworker/1:6-dio/vda) I 2 0 0 0 -1 69238880 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(is_kernel_worker("301 (jbd2/vda1-8) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("77 (kdamond.0) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("38 (khugepaged) S 2 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("812 (puntbench) S 1 812 812 0 -1 4211968 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  // A program may give itself any name, but not the flag of a kernel thread.
  CHECK(!is_kernel_worker("813 (kworker) 0 (x)) S 1 812 812 0 -1 4211968 0 0 0 0 0 3 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("814 (kworker/0:1"));
}

// 5.10 before .162, and 5.11: io-wq workers and their manager are kernel threads. They are another spender, which is
// unknown there (no IORING_FEAT_NATIVE_WORKERS), so their time must not appear as that of kernel workers.
void io_wq_workers_of_old_kernels_are_no_kernel_workers() {
  CHECK(!is_kernel_worker("1201 (io_wq_manager) S 2 0 0 0 -1 2129984 0 0 0 0 0 1 0 0 20 0 1 0 9"));
  CHECK(!is_kernel_worker("1202 (io_wqe_worker-0) S 2 0 0 0 -1 2129984 0 0 0 0 0 9 0 0 20 0 1 0 9"));
}

}  // namespace

void test_without_kernel() {
  what_the_kernel_did_not_take_is_submitted_again();
  a_completion_after_abandon_counts_for_nothing();
  a_cpu_that_leaves_makes_system_time_unknown();
  only_threads_that_may_serve_writes_are_kernel_workers();
  io_wq_workers_of_old_kernels_are_no_kernel_workers();
}
