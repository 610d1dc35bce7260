/* What the BPF programs and their loader share. */
#pragma once

/*
 * Log-linear buckets of a latency in nanoseconds: four to each power of two from 2^10 (1 us) to 2^42 (73 minutes).
 * Their number is a power of two, so that a mask shows the verifier of every kernel that an index is in bounds.
 */
#define WATCH_FIRST_POWER 10
#define WATCH_BUCKETS 128

/* One row of the answer: what one process does through one ring to one file with one operation. */
struct watch_key {
  unsigned long long ring;  /* address of the ring's context: only its identity counts */
  unsigned long long inode; /* 0: the request has no file */
  unsigned int device;      /* kernel encoding of dev_t: major << 20 | minor */
  unsigned int process;     /* thread group */
  unsigned int opcode;      /* IORING_OP_* */
  unsigned int padding;
};

struct watch_counts {
  unsigned long long requests; /* completed */
  unsigned long long punts;    /* of these, handed to io-wq after a refused attempt */
  unsigned long long forced;   /* of these, handed to io-wq without an attempt (REQ_F_FORCE_ASYNC) */
  unsigned long long failed;   /* completed with a negative result */
  unsigned long long bytes;    /* sum of positive results */
  unsigned int inline_ns[WATCH_BUCKETS];
  unsigned int punted_ns[WATCH_BUCKETS];
};

/* A request under way, by the address of its struct io_kiocb. */
struct watch_request {
  unsigned long long submitted_ns;
  unsigned int handed_over; /* 0 no, 1 refused, 2 forced */
  unsigned int padding;
};

/* Index in the array of losses. */
enum { WATCH_LOST_ROWS = 0, WATCH_LOST_REQUESTS = 1, WATCH_LOSSES = 2 };
