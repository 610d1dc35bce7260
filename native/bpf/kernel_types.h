/* The kernel's structures, with only the members that are read. CO-RE finds where they are in the running kernel. */
#pragma once

#define KERNEL_TYPE __attribute__((preserve_access_index))

struct super_block {
  __u32 s_dev;
} KERNEL_TYPE;
struct inode {
  unsigned long i_ino;
  struct super_block *i_sb;
} KERNEL_TYPE;
struct qstr {
  const unsigned char *name;
} KERNEL_TYPE;
struct dentry {
  struct qstr d_name;
} KERNEL_TYPE;
struct path {
  struct dentry *dentry;
} KERNEL_TYPE;
struct file {
  struct path f_path;
  struct inode *f_inode;
} KERNEL_TYPE;
struct io_cqe {
  __s32 res;
} KERNEL_TYPE;
struct io_uring_cqe {
  __s32 res;
} KERNEL_TYPE;
struct io_ring_ctx {
  unsigned int drain_active : 1; /* 5.14 to 7.0, and the 5.10 that Debian has */
  unsigned int int_flags;        /* since then */
} KERNEL_TYPE;
struct io_kiocb {
  struct file *file;
  struct io_ring_ctx *ctx;
  struct io_kiocb *link;
  __u8 opcode;
  __u64 flags; /* __u32 until 6.9: CO-RE reads as many bytes as there are */
} KERNEL_TYPE;
typedef struct {
  int counter;
} atomic_t;
struct signal_struct {
  atomic_t live; /* threads of the process that have not ended */
} KERNEL_TYPE;
struct task_struct {
  struct signal_struct *signal;
  struct files_struct *files;
  struct task_struct *group_leader;
  int pid;  /* thread */
  int tgid; /* process */
  unsigned int __state; /* Linux 5.14 and newer */
  unsigned int flags;   /* PF_* */
  char comm[16];
} KERNEL_TYPE;
/* The registers with which a thread came into the kernel: the number of its system call, on x86 and on arm64. */
struct pt_regs___kernel {
  unsigned long orig_ax;
  int syscallno;
} KERNEL_TYPE;

/* Bits of io_kiocb.flags; the low ones are those of the submission queue entry, so they cannot change. */
#define REQ_F_IO_DRAIN (1 << 1)
#define REQ_F_ANY_LINK (1 << 2 | 1 << 3)
#define REQ_F_FORCE_ASYNC (1 << 4)
/* Bit of io_ring_ctx.int_flags. */
#define IO_RING_F_DRAIN_ACTIVE (1 << 4)
