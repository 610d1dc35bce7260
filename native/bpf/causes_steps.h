/* The steps of an attempt: one program for each tracepoint and function, named as the step. */
#pragma once

/* Tracepoints, which every kernel offers that has them. */

SEC("raw_tp/iomap_dio_rw_begin")
int iomap_dio_rw_begin(struct bpf_raw_tracepoint_args *ctx) {
  return enter(ctx->args[0]) && add_step(CAUSES_iomap_dio_rw_begin, ctx->args[2], 0);
}

SEC("raw_tp/iomap_dio_rw_queued")
int iomap_dio_rw_queued(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_iomap_dio_rw_queued, 0, 0); }

/* It also comes in interrupts, for the requests of others. */
SEC("raw_tp/iomap_dio_complete")
int iomap_dio_complete(struct bpf_raw_tracepoint_args *ctx) {
  struct causes_thread *thread = this_thread();
  if (!thread || thread->request != ctx->args[0]) return 0;
  __s32 error = ctx->args[1];
  return add_step(CAUSES_iomap_dio_complete, error ? error : (__s32)ctx->args[2], 0);
}

SEC("raw_tp/iomap_iter")
int iomap_iter(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_iomap_iter, 0, 0); }

SEC("raw_tp/ext4_es_lookup_extent_exit")
int ext4_es_lookup_extent_exit(struct bpf_raw_tracepoint_args *ctx) {
  struct extent_status extent = {};
  bpf_probe_read_kernel(&extent, sizeof extent, (void *)ctx->args[1]);
  __s32 status = (__s32)ctx->args[2] ? (__s32)(extent.es_pblk >> 59) : -1;
  return add_step(CAUSES_ext4_es_lookup_extent_exit, status, (__u64)extent.es_lblk + extent.es_len);
}

SEC("raw_tp/ext4_ext_map_blocks_exit")
int ext4_ext_map_blocks_exit(struct bpf_raw_tracepoint_args *ctx) {
  struct ext4_map_blocks map = {};
  bpf_probe_read_kernel(&map, sizeof map, (void *)ctx->args[2]);
  return add_step(CAUSES_ext4_ext_map_blocks_exit, ctx->args[3], map.m_flags);
}

SEC("raw_tp/btrfs_get_extent")
int btrfs_get_extent(struct bpf_raw_tracepoint_args *ctx) {
  struct extent_map *map = (void *)ctx->args[2];
  struct extent_map___before_6_11 *old = (void *)map;
  __u64 where = 0;
  if (bpf_core_field_exists(map->disk_bytenr)) where = BPF_CORE_READ(map, disk_bytenr);
  else if (bpf_core_field_exists(old->block_start)) where = BPF_CORE_READ(old, block_start);
  return add_step(CAUSES_btrfs_get_extent, 0, where);
}

SEC("raw_tp/xfs_ilock_nowait")
int xfs_ilock_nowait(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_xfs_ilock_nowait, ctx->args[1], 0); }

SEC("raw_tp/xfs_iunlock")
int xfs_iunlock(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_xfs_iunlock, ctx->args[1], 0); }

SEC("raw_tp/xfs_file_direct_write")
int xfs_file_direct_write(struct bpf_raw_tracepoint_args *ctx) {
  enter(ctx->args[0]);
  return add_step(CAUSES_xfs_file_direct_write, 0, 0);
}

SEC("raw_tp/xfs_iomap_found")
int xfs_iomap_found(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_xfs_iomap_found, ctx->args[3], 0); }

SEC("raw_tp/xfs_iomap_alloc")
int xfs_iomap_alloc(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_xfs_iomap_alloc, ctx->args[3], 0); }

SEC("raw_tp/f2fs_direct_IO_enter")
int f2fs_direct_IO_enter(struct bpf_raw_tracepoint_args *ctx) { return add_step(CAUSES_f2fs_direct_IO_enter, 0, 0); }

/* Functions, where the kernel has kprobes. An inlined function, such as ext4_dio_write_checks, cannot be probed. */

#define WRITE_FUNCTION(name, function)                                                   \
  SEC("kprobe/" #function)                                                               \
  int name(struct pt_regs *ctx) { return enter_write((void *)PT_REGS_PARM1(ctx)); } \
  SEC("kretprobe/" #function)                                                            \
  int name##_ret(struct pt_regs *ctx) { return leave_write(PT_REGS_RC(ctx)); }

WRITE_FUNCTION(write_ext4, ext4_file_write_iter)
WRITE_FUNCTION(write_xfs, xfs_file_write_iter)
WRITE_FUNCTION(write_btrfs, btrfs_file_write_iter)
WRITE_FUNCTION(write_overlay, ovl_write_iter)
WRITE_FUNCTION(write_f2fs, f2fs_file_write_iter)
WRITE_FUNCTION(write_bdev, blkdev_write_iter)

#define ENTERED(name, function) \
  SEC("kprobe/" #function)      \
  int name(struct pt_regs *ctx) { return add_step(CAUSES_##name, 0, 0); }

ENTERED(checks, ext4_generic_write_checks)
ENTERED(file_modified, file_modified)
ENTERED(buffered, ext4_buffered_write_iter)

/* Bios end in interrupts too, for the requests of others, but not in this way. */
SEC("kprobe/bio_endio")
int bio_refused(struct pt_regs *ctx) {
  struct bio *bio = (void *)PT_REGS_PARM1(ctx);
  __u8 status = BPF_CORE_READ(bio, bi_status);
  if (status != BLK_STS_AGAIN && status != BLK_STS_NOTSUPP) return 0;
  __u64 caller = 0;
  BPF_KPROBE_READ_RET_IP(caller, ctx);
  return add_step(CAUSES_bio_refused, status, caller);
}

SEC("kprobe/f2fs_allocate_data_block")
int f2fs_allocate(struct pt_regs *ctx) { return add_step(CAUSES_f2fs_allocate, (__s32)PT_REGS_PARM3(ctx), 0); }

/* The upper half of the register is not defined for types narrower than it. */
#define RETURNED(name, function, type) \
  SEC("kretprobe/" #function)          \
  int name(struct pt_regs *ctx) { return add_step(CAUSES_##name, (type)PT_REGS_RC(ctx), 0); }

RETURNED(read_trylock_ret, down_read_trylock, __s32)
RETURNED(write_trylock_ret, down_write_trylock, __s32)
RETURNED(kiocb_modified_ret, kiocb_modified, __s32)
RETURNED(iomap_dio_ret, iomap_dio_rw, __s64)
RETURNED(has_page_ret, filemap_range_has_page, __u8)
RETURNED(ext4_begin_ret, ext4_iomap_begin, __s32)
RETURNED(xfs_begin_ret, xfs_direct_write_iomap_begin, __s32)
RETURNED(dirty_pages_ret, balance_dirty_pages_ratelimited_flags, __s32)
RETURNED(btrfs_check_ret, btrfs_write_check, __s32)
RETURNED(btrfs_begin_ret, btrfs_dio_iomap_begin, __s32)
RETURNED(nocow_ret, can_nocow_extent, __s32)
RETURNED(f2fs_overwrite_ret, f2fs_overwrite_io, __u8)
