/* Types of the kernel, with only the members that are read; CO-RE finds where they are in the running kernel. */
#pragma once

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
  long counter;
} atomic_long_t;
typedef struct {
  int counter;
} atomic_t;
struct signal_struct {
  atomic_t live; /* threads of the process that have not ended */
};
struct task_struct {
  struct signal_struct *signal;
  int tgid; /* process */
};
struct rw_semaphore {
  atomic_long_t count; /* not with PREEMPT_RT */
};
struct super_block {
  __u32 s_dev;
  unsigned long s_magic;
};
struct address_space {
  unsigned long nrpages;
};
struct inode {
  __u16 i_mode;
  __u8 i_blkbits;
  __u32 i_flags;
  struct super_block *i_sb;
  struct address_space *i_mapping;
  unsigned long i_ino;
  long long i_size;
  struct rw_semaphore i_rwsem;
};
struct file {
  __u32 f_mode;
  struct inode *f_inode;
};
struct kiocb {
  struct file *ki_filp;
  long long ki_pos;
  int ki_flags;
};
/* The command of reads and writes. The request begins with it. */
struct io_rw {
  struct kiocb kiocb;
  __u32 len;
};
struct io_cqe {
  __s32 res;
};
struct io_kiocb {
  struct file *file;
  __u8 opcode;
  __u32 flags; /* 64 bits from 6.10 on; those that are read are among the lower ones */
  void *ctx;
  struct io_cqe cqe;
};
/* Until Linux 5.18 */
struct io_kiocb___before_cqe {
  __u32 result;
};
/* fs/ext4: its types are found in the module or in the kernel, or nowhere (modules of 5.10). */
struct ext4_inode_info {
  long long i_disksize;
  struct inode vfs_inode;
};
struct extent_map {
  __u64 disk_bytenr;
};
/* Until Linux 6.10 */
struct extent_map___before_6_11 {
  __u64 block_start;
};

#pragma clang attribute pop

/* The same from 5.10 to 7.3, so that they can be read where the module has no type information. */
struct extent_status {
  unsigned long rb_node[3];
  __u32 es_lblk;
  __u32 es_len;
  __u64 es_pblk; /* the upper 5 bits are the status */
};
struct ext4_map_blocks {
  __u64 m_pblk;
  __u32 m_lblk;
  __u32 m_len;
  __u32 m_flags;
};

#define EXT4_SUPER_MAGIC 0xEF53

/* Bytes of a read or write. A vectored one is counted during the attempt; 0 without one. */
static __always_inline long long request_length(struct io_kiocb *request, __u32 opcode) {
  /* READ_FIXED, WRITE_FIXED, READ, WRITE */
  bool is_vectored = opcode != 4 && opcode != 5 && opcode != 22 && opcode != 23;
  if (!is_vectored && bpf_core_type_exists(struct io_rw)) return BPF_CORE_READ((struct io_rw *)request, len);
  if (bpf_core_field_exists(request->cqe)) return BPF_CORE_READ(request, cqe.res);
  struct io_kiocb___before_cqe *old = (void *)request;
  return bpf_core_field_exists(old->result) ? BPF_CORE_READ(old, result) : 0;
}

static __always_inline long long ext4_disk_size(struct inode *inode) {
  if (!bpf_core_type_exists(struct ext4_inode_info)) return -1;
  if (BPF_CORE_READ(inode, i_sb, s_magic) != EXT4_SUPER_MAGIC) return -1;
  struct ext4_inode_info *none = 0;
  __u64 offset = __builtin_preserve_field_info(none->vfs_inode, BPF_FIELD_BYTE_OFFSET);
  struct ext4_inode_info *of_ext4 = (void *)((__u64)inode - offset);
  return BPF_CORE_READ(of_ext4, i_disksize);
}

static __always_inline void read_state(struct causes_state *state, struct file *file, __u32 seen) {
  if (!file) return;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  state->seen = seen;
  state->inode_flags = BPF_CORE_READ(inode, i_flags);
  state->size_bytes = BPF_CORE_READ(inode, i_size);
  state->cached_pages = BPF_CORE_READ(inode, i_mapping, nrpages);
  state->lock = bpf_core_field_exists(inode->i_rwsem.count) ? BPF_CORE_READ(inode, i_rwsem.count.counter) : 0;
  state->disk_size_bytes = ext4_disk_size(inode);
}
