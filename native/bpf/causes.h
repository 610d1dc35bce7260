/* What the BPF programs that record evidence of punts share with their loader. */
#pragma once

/*
 * What a step of an attempt can be: a tracepoint of the kernel, or a function that was entered or that returned.
 * The names are those of the BPF programs. `value` and `detail` of a step hold what stands behind it here.
 */
#define CAUSES_STEPS(STEP)                                                                  \
  STEP(iomap_dio_rw_begin)         /* value: dio_flags */                                   \
  STEP(iomap_dio_rw_queued)                                                                 \
  STEP(iomap_dio_complete)         /* value: bytes or -errno */                             \
  STEP(iomap_iter)                                                                          \
  STEP(ext4_es_lookup_extent_exit) /* value: status, -1: not in memory; detail: the block behind it */ \
  STEP(ext4_ext_map_blocks_exit)   /* value: blocks or -errno; detail: m_flags */           \
  STEP(btrfs_get_extent)           /* detail: where the extent is on disk, or what it is */ \
  STEP(xfs_ilock_nowait)           /* value: lock flags; it comes before the lock is tried */ \
  STEP(xfs_iunlock)                /* value: lock flags; the lock was held */               \
  STEP(xfs_file_direct_write)                                                               \
  STEP(xfs_iomap_found)            /* value: fork */                                        \
  STEP(xfs_iomap_alloc)            /* value: fork */                                        \
  STEP(f2fs_direct_IO_enter)                                                                \
  STEP(f2fs_allocate)              /* value: the block's address before: 0 none, -1 reserved */ \
  STEP(checks)                                                                              \
  STEP(file_modified)                                                                       \
  STEP(buffered)                                                                            \
  STEP(bio_refused)                /* value: BLK_STS_*; detail: address behind the call that ended the bio */ \
  STEP(read_trylock_ret)           /* value of all that follow: the function's result */    \
  STEP(write_trylock_ret)                                                                   \
  STEP(kiocb_modified_ret)                                                                  \
  STEP(iomap_dio_ret)                                                                       \
  STEP(has_page_ret)                                                                        \
  STEP(ext4_begin_ret)                                                                      \
  STEP(xfs_begin_ret)                                                                       \
  STEP(dirty_pages_ret)                                                                     \
  STEP(btrfs_check_ret)                                                                     \
  STEP(btrfs_begin_ret)                                                                     \
  STEP(nocow_ret)                                                                           \
  STEP(f2fs_overwrite_ret)

#define CAUSES_ENUMERATOR(name) CAUSES_##name,
enum causes_kind { CAUSES_STEPS(CAUSES_ENUMERATOR) CAUSES_KINDS };
#undef CAUSES_ENUMERATOR

/* A power of two. Of a longer attempt the first steps and the last one are kept. */
#define CAUSES_MAX_STEPS 32
#define CAUSES_STACK_DEPTH 24

struct causes_step {
  unsigned int kind;
  int value;
  long long detail;
};

enum causes_moment { CAUSES_NEVER = 0, CAUSES_AT_ENTRY = 1, CAUSES_AT_PUNT = 2 };

/* What the filesystem decides by, read from the inode. */
struct causes_state {
  unsigned int seen; /* enum causes_moment */
  unsigned int inode_flags;
  long long size_bytes;
  long long disk_size_bytes; /* ext4's i_disksize; -1: not known */
  unsigned long long cached_pages;
  long long lock; /* count of i_rwsem: 0 is free, bit 0 a writer, 256 each reader */
};

/* One call of the filesystem's write function for one request. */
struct causes_attempt {
  unsigned long long began_ns; /* CLOCK_MONOTONIC; 0: there was no attempt, or it was not seen */
  unsigned long long ended_ns; /* 0: its end was not seen */
  long long result;            /* of the write function; holds only if `entered` and `ended_ns` */
  unsigned int entered;        /* the write function was seen to be called */
  unsigned int step_count;     /* may be larger than CAUSES_MAX_STEPS */
  struct causes_state state;
  struct causes_step steps[CAUSES_MAX_STEPS];
};

/* One request with all that was seen of it. */
struct causes_record {
  unsigned long long request; /* address of its struct io_kiocb */
  unsigned long long ring;    /* address of the ring's context */
  unsigned long long inode;   /* 0: the request has no file */
  long long offset_bytes;
  long long length_bytes;
  unsigned long long punted_ns; /* 0: it did not punt; what stands below `inline_attempt` is then not sent */
  unsigned int device;          /* kernel encoding of dev_t: major << 20 | minor */
  unsigned int magic;           /* s_magic of the filesystem */
  unsigned int mode;            /* i_mode */
  unsigned int block_bits;      /* i_blkbits: blocks of the filesystem have 2^n bytes */
  unsigned int write_flags;     /* ki_flags of a read or write: IOCB_* */
  unsigned int file_mode;       /* f_mode: FMODE_* */
  unsigned int process;
  unsigned int thread;
  unsigned int opcode;        /* IORING_OP_* */
  unsigned int request_flags; /* REQ_F_* */
  unsigned int completed;
  unsigned int device_waits; /* the device of the file has no QUEUE_FLAG_NOWAIT: holds until Linux 6.10 */
  struct causes_attempt inline_attempt;
  struct causes_attempt retry; /* in an io-wq worker */
  long long stack_bytes;
  unsigned long long stack[CAUSES_STACK_DEPTH]; /* of the punt, innermost first */
};

/* The attempt that a thread is making. */
struct causes_thread {
  unsigned long long request; /* 0: none */
  unsigned int is_retry;      /* then the attempt is in the record of the request */
  unsigned int nested;        /* write functions entered for something else meanwhile */
  unsigned int in_link;       /* `request` is one of a link whose head has not begun */
  unsigned int began_head;    /* `request` is the head of a link, and has begun */
  unsigned long long head;    /* first request of a link; it begins when all have been submitted */
  struct causes_attempt attempt;
};
