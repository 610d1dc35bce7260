/*
 * One thread registers large buffers, for which the kernel holds the ring's lock; the other submits to the same ring, and
 * so is blocked. Waits for a line on stdin before and after.
 */
#include <liburing.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t kBytes = 192UL << 20;
static struct io_uring ring;
static volatile int ended;

static void *register_buffers(void *unused) {
  for (int i = 0; i < 3; ++i) {
    void *memory = mmap(NULL, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct iovec buffer = {memory, kBytes};
    io_uring_register_buffers(&ring, &buffer, 1);
    io_uring_unregister_buffers(&ring);
    munmap(memory, kBytes);
  }
  ended = 1;
  return unused;
}

int main(void) {
  pthread_t other;
  getchar();
  io_uring_queue_init(8, &ring, 0);
  pthread_create(&other, NULL, register_buffers, NULL);
  while (!ended) {
    struct io_uring_cqe *completion;
    io_uring_prep_nop(io_uring_get_sqe(&ring));
    io_uring_submit_and_wait(&ring, 1);
    io_uring_wait_cqe(&ring, &completion);
    io_uring_cqe_seen(&ring, completion);
    usleep(1000);
  }
  pthread_join(other, NULL);
  puts("done");
  fflush(stdout);
  getchar();
  return 0;
}
