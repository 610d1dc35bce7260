/* What the BPF programs of record and their loader share. */
#pragma once

enum record_kind { RECORD_SUBMIT, RECORD_HANDOVER, RECORD_COMPLETE, RECORD_CALL, RECORD_PATH };

/* Of an io_uring request when the kernel takes it. */
struct record_submit {
  unsigned int kind;
  unsigned int thread;
  unsigned long long at_ns; /* CLOCK_MONOTONIC */
  unsigned long long request;
  unsigned long long ring;
  unsigned long long offset; /* ~0: the file's position */
  unsigned int process;
  unsigned int length;   /* bytes; of a vectored request the number of its buffers */
  unsigned int op_flags; /* RWF_*, or the flags of an fsync, or the mode of a fallocate */
  unsigned int ring_flags; /* IORING_SETUP_* */
  unsigned char opcode;
  unsigned char sqe_flags; /* IOSQE_* */
  unsigned short padding[3];
};

/* It goes to an io-wq worker. */
struct record_handover {
  unsigned int kind;
  unsigned int sqe_flags;
  unsigned long long request;
};

struct record_complete {
  unsigned int kind;
  int result;
  unsigned long long at_ns;
  unsigned long long request;
  unsigned long long inode; /* 0: the request has no file */
  unsigned int device;      /* kernel encoding of dev_t: major << 20 | minor */
  unsigned int by_worker;   /* 1: an io-wq worker completed it */
  unsigned int file_flags;  /* O_* of the descriptor */
  unsigned int padding;
};

/* System calls that change the state of a file, beside the ring. */
enum record_call_kind {
  RECORD_OPEN = 256, /* above every IORING_OP_* */
  RECORD_WRITE,
  RECORD_FSYNC,
  RECORD_FDATASYNC,
  RECORD_FTRUNCATE,
  RECORD_FALLOCATE,
  RECORD_RENAME,
  RECORD_UNLINK,
  RECORD_DROP_CACHE /* posix_fadvise(POSIX_FADV_DONTNEED) */
};

/* One that has returned, on a regular file. */
struct record_call {
  unsigned int kind;
  unsigned int thread;
  unsigned long long at_ns;
  unsigned long long inode;
  unsigned long long offset; /* of a truncation: the new size */
  unsigned long long length;
  long long size_after; /* -1: no bytes, but blocks */
  unsigned int device;
  unsigned int process;
  unsigned int call;  /* enum record_call_kind */
  unsigned int flags; /* of open, or the mode of fallocate */
  int result;
  unsigned int file_flags; /* O_* of the descriptor */
};

#define RECORD_PATH_BYTES 256

/* The name by which a file was opened, or one that was changed or removed. */
struct record_path {
  unsigned int kind;
  unsigned int thread;
  unsigned long long at_ns;
  unsigned long long inode; /* of an opened file */
  unsigned int device;
  unsigned int padding;
  unsigned int process;
  unsigned int call;
  char path[RECORD_PATH_BYTES]; /* as the program gave it */
};
