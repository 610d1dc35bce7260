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
struct request_queue {
  unsigned long queue_flags;
};
struct gendisk {
  struct request_queue *queue;
};
struct block_device {
  struct gendisk *bd_disk;
};
struct bio {
  __u8 bi_status;
};
struct super_block {
  __u32 s_dev;
  struct block_device *s_bdev; /* NULL: the filesystem has no device, or several */
  unsigned long s_magic;
};
struct address_space {
  struct inode *host;
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
/* The inode behind a block device, whatever inode its name has. */
struct bdev_inode {
  struct block_device bdev;
  struct inode vfs_inode;
};
struct file {
  __u32 f_mode;
  struct inode *f_inode;
  struct address_space *f_mapping;
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
/* include/linux/blk_types.h, from 5.10 to 7.3 */
#define BLK_STS_NOTSUPP 1
#define BLK_STS_AGAIN 12
/* include/linux/blkdev.h: a bit of queue_flags until 6.10 */
#define QUEUE_FLAG_NOWAIT 29
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFBLK 0060000

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

/* The device that a file lies on, or is; NULL: none. */
static __always_inline struct block_device *device_of(struct file *file, struct inode *inode) {
  __u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
  if (type == S_IFREG) return BPF_CORE_READ(inode, i_sb, s_bdev);
  if (type != S_IFBLK || !bpf_core_type_exists(struct bdev_inode)) return 0;
  struct bdev_inode *none = 0;
  __u64 offset = __builtin_preserve_field_info(none->vfs_inode, BPF_FIELD_BYTE_OFFSET);
  __u64 host = (__u64)BPF_CORE_READ(file, f_mapping, host);
  __u64 device = __builtin_preserve_field_info(none->bdev, BPF_FIELD_BYTE_OFFSET);
  return host ? (void *)(host - offset + device) : 0;
}

/* Whether the device takes no request that must not wait. Holds until Linux 6.10. */
static __always_inline bool device_waits(struct file *file, struct inode *inode) {
  struct block_device *device = device_of(file, inode);
  if (!device) return false;
  return !(BPF_CORE_READ(device, bd_disk, queue, queue_flags) & 1UL << QUEUE_FLAG_NOWAIT);
}
