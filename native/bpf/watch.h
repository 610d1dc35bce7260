/* What the BPF programs and their loader share. */
#pragma once

#include "watched_processes.h"

/*
 * Log-linear buckets of a latency in nanoseconds: four to each power of two from 2^10 (1 us) to 2^42 (73 minutes).
 * Their number is a power of two, so that a mask shows the verifier of every kernel that an index is in bounds.
 */
#define WATCH_FIRST_POWER 10
#define WATCH_BUCKETS 128

/* Number of places for requests under way; a power of two. */
#define WATCH_SLOTS 65536

/* Rows at one time, where the counters of all CPUs then fit into WATCH_COUNTS_BYTES; else fewer. */
#define WATCH_ROWS 8192
#define WATCH_COUNTS_BYTES (64 << 20)

/* What a row is about: what one process does through one ring to one file with one operation. */
struct watch_key {
  unsigned long long ring;  /* address of the ring's context: only its identity counts */
  unsigned long long inode; /* 0: the request has no file */
  unsigned int device;      /* kernel encoding of dev_t: major << 20 | minor */
  unsigned int process;     /* thread group */
  unsigned int opcode;      /* IORING_OP_* */
  unsigned int padding;
};

/* Of a row, when it was made. User space finds more, if the process and its file still exist when it looks. */
struct watch_names {
  char process[16];
  char file[64]; /* last part of its path, perhaps cut off; "": there is no file */
};

/* Of one row on one CPU: a cache line, so that no two CPUs write to the same one. They are never set back to 0. */
struct watch_counts {
  unsigned long long requests; /* completed */
  unsigned long long failed;   /* of these, with a negative result */
  unsigned long long bytes;    /* sum of positive results */
  unsigned long long punts;    /* of `requests`, handed to io-wq after a refused attempt */
  unsigned long long forced;   /* of these, handed to io-wq without an attempt: asked for (IOSQE_ASYNC) */
  unsigned long long drained;  /* of these, handed to io-wq without an attempt: IOSQE_IO_DRAIN in the ring */
  unsigned long long chained;  /* of these, executed by a worker because the request linked before them was there */
  unsigned long long measured; /* of `requests`, those whose latency stands in the row's struct watch_latencies */
};

/* Of the requests whose latency is measured. */
struct watch_latencies {
  unsigned int inline_ns[WATCH_BUCKETS];
  unsigned int punted_ns[WATCH_BUCKETS];
};

/* How a request came to a worker. */
enum watch_how { WATCH_INLINE, WATCH_PUNTED, WATCH_FORCED, WATCH_DRAINED, WATCH_CHAINED };

/*
 * A place for requests under way. A request's address chooses the place, without a search: this is what makes inline
 * requests cheap. Two requests may meet in one place; then the later one has its latency measured.
 */
struct watch_slot {
  unsigned long long request; /* address of its struct io_kiocb; 0: none is measured */
  unsigned long long submitted_ns;
  unsigned int noted; /* requests in `noted_requests` whose place this is: mostly 0, which saves the search */
  unsigned int random; /* state of the generator that chooses the requests to measure */
  unsigned long long padding; /* no place lies in two cache lines */
};

/* What completion has to know of a request that a worker has or may get. */
struct watch_noted {
  unsigned long long submitted_ns; /* 0: not measured */
  unsigned int how;                /* enum watch_how */
  unsigned int handed_over;        /* 1: io_uring_queue_async_work was hit; 0: it may be or not */
};

/* Of a kernel whose completions do not name their request: the request by ring and user_data. */
struct watch_completion {
  unsigned long long ring;
  unsigned long long user_data;
};
struct watch_pending {
  unsigned long long request; /* 0: several requests with the same user_data are under way */
  unsigned long long count;
};

/* How long the threads of a process were blocked inside io_uring_enter; waiting for completions is not counted. */
struct watch_stalls {
  unsigned long long count;
  unsigned long long ns;
  unsigned long long max_ns;
  unsigned int blocked_ns[WATCH_BUCKETS];
};

/* Index in the array of losses. */
enum {
  WATCH_LOST_ROWS,      /* requests that were not counted: too many rows */
  WATCH_LOST_PUNTS,     /* punts that were counted as inline requests: too many punts under way */
  WATCH_LOST_LATENCIES, /* latencies that were not measured: two requests met in one slot */
  WATCH_LOST_UNMATCHED, /* completions that belong to no known request (Linux 5.10) */
  WATCH_LOST_STALLS,    /* times that a thread was blocked, which were not counted: too many processes or threads */
  WATCH_LOSSES
};
