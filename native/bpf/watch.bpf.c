/*
 * Counts the requests of watched processes in the kernel, by ring, file and operation, with their latencies. Nothing
 * is sent per request. Runs from Linux 6.4 on; tried on 6.12, 6.18 and 7.2.
 *
 * SPDX-License-Identifier: MIT OR GPL-2.0
 */
#include <stdbool.h>

#include <linux/types.h>
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "watch.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Only the members that are read; CO-RE finds where they are in the running kernel. */
#define KERNEL_TYPE __attribute__((preserve_access_index))
struct super_block {
  __u32 s_dev;
} KERNEL_TYPE;
struct inode {
  unsigned long i_ino;
  struct super_block *i_sb;
} KERNEL_TYPE;
struct file {
  struct inode *f_inode;
} KERNEL_TYPE;
struct io_cqe {
  __s32 res;
} KERNEL_TYPE;
struct io_kiocb {
  struct file *file;
  __u8 opcode;
  __u64 flags; /* __u32 until 6.9: CO-RE reads as many bytes as there are */
  struct io_cqe cqe;
} KERNEL_TYPE;

#define REQ_F_FORCE_ASYNC (1 << 4) /* the bit of IOSQE_ASYNC */

/* Set by the loader before the programs are checked, so that what is not asked for costs nothing. */
const volatile bool watch_everything = false;
/* One request in 2^n has its latency measured. Counts are exact. */
const volatile __u32 sample_shift = 0;

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} watched_processes SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, __u64);
  __type(value, struct watch_request);
} requests SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 8192);
  __type(key, struct watch_key);
  __type(value, struct watch_counts);
} rows SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, WATCH_LOSSES);
  __type(key, __u32);
  __type(value, __u64);
} losses SEC(".maps");

/* A row has to be initialised from memory, and it is too large for the stack. */
static const struct watch_counts no_counts;

static __always_inline void lose(__u32 what) {
  __u64 *count = bpf_map_lookup_elem(&losses, &what);
  if (count) *count += 1;
}

static __always_inline bool is_watched(void) {
  if (watch_everything) return true;
  __u32 process = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&watched_processes, &process) != NULL;
}

static __always_inline __u32 bucket_of(__u64 ns) {
  if (ns < (1ULL << WATCH_FIRST_POWER)) return 0;
  __u32 power = 0;
  __u64 rest = ns;
  /* floor(log2(ns)) by halves: clang 14 has no instruction for it in BPF. */
  if (rest >> 32) rest >>= 32, power += 32;
  if (rest >> 16) rest >>= 16, power += 16;
  if (rest >> 8) rest >>= 8, power += 8;
  if (rest >> 4) rest >>= 4, power += 4;
  if (rest >> 2) rest >>= 2, power += 2;
  if (rest >> 1) power += 1;
  __u32 quarter = (ns >> (power - 2)) & 3;
  __u32 bucket = (power - WATCH_FIRST_POWER) * 4 + quarter;
  return bucket < WATCH_BUCKETS ? bucket : WATCH_BUCKETS - 1;
}

static __always_inline int submitted(void *req) {
  if (!is_watched()) return 0;
  if (sample_shift && (bpf_get_prandom_u32() & ((1u << sample_shift) - 1))) return 0;
  __u64 address = (__u64)req;
  struct watch_request request = {.submitted_ns = bpf_ktime_get_ns()};
  if (bpf_map_update_elem(&requests, &address, &request, BPF_ANY)) lose(WATCH_LOST_REQUESTS);
  return 0;
}

/* Until 6.3 this was io_uring_submit_sqe. Those kernels are refused until their counts have been verified. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(submit_req, void *req) { return submitted(req); }

SEC("tp_btf/io_uring_queue_async_work")
int BPF_PROG(queue_async_work, struct io_kiocb *req) {
  if (!is_watched()) return 0;
  __u64 address = (__u64)req;
  __u32 how = BPF_CORE_READ(req, flags) & REQ_F_FORCE_ASYNC ? 2 : 1;
  struct watch_request *known = bpf_map_lookup_elem(&requests, &address);
  if (known) {
    if (!known->handed_over) known->handed_over = how;
    return 0;
  }
  /* Not sampled at submission: the punt is counted, its latency is not known. */
  struct watch_request request = {.submitted_ns = 0, .handed_over = how};
  if (bpf_map_update_elem(&requests, &address, &request, BPF_ANY)) lose(WATCH_LOST_REQUESTS);
  return 0;
}

static __always_inline struct watch_counts *row_of(void *ring, struct io_kiocb *req) {
  struct watch_key key = {};
  struct file *file = BPF_CORE_READ(req, file);
  key.ring = (__u64)ring;
  key.process = bpf_get_current_pid_tgid() >> 32;
  key.opcode = BPF_CORE_READ(req, opcode);
  if (file) {
    struct inode *inode = BPF_CORE_READ(file, f_inode);
    key.inode = BPF_CORE_READ(inode, i_ino);
    key.device = BPF_CORE_READ(inode, i_sb, s_dev);
  }
  struct watch_counts *counts = bpf_map_lookup_elem(&rows, &key);
  if (counts) return counts;
  bpf_map_update_elem(&rows, &key, &no_counts, BPF_NOEXIST);
  return bpf_map_lookup_elem(&rows, &key);
}

SEC("tp_btf/io_uring_complete")
int BPF_PROG(complete, void *ring, struct io_kiocb *req) {
  /* A completion without a request comes from a message to the ring or a multishot's last post. */
  if (!req || !is_watched()) return 0;
  __u64 address = (__u64)req;
  struct watch_request *request = bpf_map_lookup_elem(&requests, &address);
  struct watch_counts *counts = row_of(ring, req);
  if (!counts) {
    lose(WATCH_LOST_ROWS);
    if (request) bpf_map_delete_elem(&requests, &address);
    return 0;
  }
  /* One CPU may be interrupted between two of these lines by a completion in softirq: so the adds are atomic. */
  __s32 result = BPF_CORE_READ(req, cqe.res);
  __sync_fetch_and_add(&counts->requests, 1);
  if (result < 0) __sync_fetch_and_add(&counts->failed, 1);
  else __sync_fetch_and_add(&counts->bytes, result);
  if (!request) return 0;
  if (request->handed_over == 1) __sync_fetch_and_add(&counts->punts, 1);
  if (request->handed_over == 2) __sync_fetch_and_add(&counts->forced, 1);
  if (request->submitted_ns) {
    __u64 bucket = bucket_of(bpf_ktime_get_ns() - request->submitted_ns);
    /* Without the barrier the compiler moves the mask, and the verifier of older kernels sees no bound. */
    barrier_var(bucket);
    bucket &= WATCH_BUCKETS - 1;
    if (request->handed_over) __sync_fetch_and_add(&counts->punted_ns[bucket], 1);
    else __sync_fetch_and_add(&counts->inline_ns[bucket], 1);
  }
  bpf_map_delete_elem(&requests, &address);
  return 0;
}
