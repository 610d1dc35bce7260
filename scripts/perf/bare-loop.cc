// A minimal program that writes a file through io_uring: no latencies, no counters, no checks except that
// each write succeeded. `npm run perf` compares the driver with it.
//
//   bare-loop FILE|nop QUEUE_DEPTH BLOCK_BYTES WRITES defer|coop|plain  ->  "wall_ns cpu_ns io_uring_enter_calls"

#include <fcntl.h>
#include <liburing.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

static uint64_t clock_ns(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

static void demand(bool holds, const char* what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static unsigned ring_flags(const char* name) {
  if (strcmp(name, "defer") == 0) return IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  if (strcmp(name, "coop") == 0) return IORING_SETUP_COOP_TASKRUN;
  demand(strcmp(name, "plain") == 0, "the ring is defer, coop or plain");
  return 0;
}

int main(int argc, char** argv) {
  demand(argc == 6, "usage: bare-loop FILE|nop QUEUE_DEPTH BLOCK_BYTES WRITES defer|coop|plain");
  const bool nop = strcmp(argv[1], "nop") == 0;
  const auto depth = static_cast<unsigned>(atoi(argv[2]));
  const auto block = static_cast<unsigned>(atoi(argv[3]));
  const uint64_t writes = strtoull(argv[4], nullptr, 10);

  const int fd = nop ? -1 : open(argv[1], O_RDWR | O_DIRECT);
  demand(nop || fd >= 0, argv[1]);
  const size_t bytes = static_cast<size_t>(depth) * block;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  demand(memory != MAP_FAILED, "mmap");
  memset(memory, 0x5a, bytes);

  io_uring ring;
  const unsigned entries = depth > 128 ? depth : 128;
  demand(io_uring_queue_init(entries, &ring, ring_flags(argv[5])) == 0, "ring");
  io_uring_register_ring_fd(&ring);
  const iovec region{memory, bytes};
  demand(io_uring_register_buffers(&ring, &region, 1) == 0, "buffers");
  demand(nop || io_uring_register_files(&ring, &fd, 1) == 0, "files");

  const uint64_t wall = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  uint64_t next = 0, done = 0, calls = 0;
  auto queue = [&](uint64_t slot) {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring);
    char* buffer = static_cast<char*>(memory) + slot * block;
    if (nop) {
      io_uring_prep_nop(sqe);
    } else {
      // The driver, too, gives each block different content.
      memcpy(buffer, &next, sizeof next);
      io_uring_prep_write_fixed(sqe, 0, buffer, block, next * block, 0);
      sqe->flags |= IOSQE_FIXED_FILE;
    }
    sqe->user_data = slot;
    ++next;
  };
  for (uint64_t slot = 0; slot < depth && next < writes; ++slot) queue(slot);
  while (done < writes) {
    io_uring_submit_and_wait(&ring, 1);
    ++calls;
    unsigned head, ready = 0;
    io_uring_cqe* cqe;
    io_uring_for_each_cqe(&ring, head, cqe) {
      demand(cqe->res == (nop ? 0 : static_cast<int>(block)), "write");
      ++ready;
      ++done;
      if (next < writes) queue(cqe->user_data);
    }
    io_uring_cq_advance(&ring, ready);
  }
  printf("%llu %llu %llu\n", static_cast<unsigned long long>(clock_ns(CLOCK_MONOTONIC) - wall),
         static_cast<unsigned long long>(clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu),
         static_cast<unsigned long long>(calls));
}
