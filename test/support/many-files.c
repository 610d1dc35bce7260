/*
 * many-files FOLDER FIRST COUNT: makes files with numbers from FIRST on, reads from each once through one ring, and
 * removes them at the end, so that each has an inode of its own.
 */
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct io_uring ring;

static int read_once(const char *path) {
  char byte;
  struct io_uring_cqe *completion;
  const int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (file < 0) return 1;
  io_uring_prep_read(io_uring_get_sqe(&ring), file, &byte, 1, 0);
  if (io_uring_submit_and_wait(&ring, 1) != 1) return 1;
  if (io_uring_wait_cqe(&ring, &completion) != 0) return 1;
  io_uring_cqe_seen(&ring, completion);
  return close(file);
}

int main(int count, char **words) {
  char path[4096];
  if (count != 4 || io_uring_queue_init(8, &ring, 0) != 0) return 1;
  const long first = atol(words[2]), last = first + atol(words[3]);
  for (long i = first; i < last; ++i) {
    snprintf(path, sizeof path, "%s/%ld", words[1], i);
    if (read_once(path) != 0) return 1;
  }
  for (long i = first; i < last; ++i) {
    snprintf(path, sizeof path, "%s/%ld", words[1], i);
    unlink(path);
  }
  return 0;
}
