/*
 * Counts the requests of watched processes in the kernel, by ring, file and operation, with their latencies. Nothing
 * is sent per request. There are several programs for one event, because the arguments of tracepoints change between
 * kernels: the loader takes those that fit (native/watch/programs.cc). Their type is raw_tp and not tp_btf, because the
 * address of a request has to be a number for the verifier, and most arguments have no type anyway.
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
#include "kernel_types.h"
#include "latency.h"
#include "followed.h"
#include "watch_maps.h"
#include "watch_requests.h"
#include "watch_rows.h"
#include "watch_stalls.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The loader makes it small where completions name their request. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, struct watch_completion);
  __type(value, struct watch_pending);
} pending_completions SEC(".maps");

static __always_inline bool is_draining(struct io_kiocb *req) {
  struct io_ring_ctx *ring = BPF_CORE_READ(req, ctx);
  if (bpf_core_field_exists(ring->drain_active)) return BPF_CORE_READ_BITFIELD_PROBED(ring, drain_active);
  if (bpf_core_field_exists(ring->int_flags)) return BPF_CORE_READ(ring, int_flags) & IO_RING_F_DRAIN_ACTIVE;
  return false;
}

/*
 * From Linux 6.2 on a program may say of which type an address is, and then reads with plain loads: a tenth of the time
 * that bpf_probe_read_kernel takes. `can_cast` is a constant in each program.
 */
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;
#define TYPED(type, object) ((struct type *)bpf_rdonly_cast(object, bpf_core_type_id_kernel(struct type)))

static __always_inline __u64 flags_of(struct io_kiocb *req, bool can_cast) {
  return can_cast ? TYPED(io_kiocb, req)->flags : BPF_CORE_READ(req, flags);
}

/*
 * Of most requests nothing is noted. So the place is looked at before the process: both take the same time, and a
 * watched request then pays for one of them.
 */
static __always_inline void submitted(struct io_kiocb *req, bool can_cast) {
  __u64 address = (__u64)req;
  struct watch_slot *slot = slot_of(address);
  if (!slot) return;
  bool sampled = is_sampled(slot);
  bool forced = flags_of(req, can_cast) & REQ_F_FORCE_ASYNC;
  /* An earlier request at this address may have ended without a completion (IOSQE_CQE_SKIP_SUCCESS). */
  if (slot->noted) forget(slot, address);
  if (slot->request == address) slot->request = 0;
  if (!(sampled || forced) || !is_watched()) return;
  if (sampled) {
    if (slot->request) lose(WATCH_LOST_LATENCIES);
    slot->submitted_ns = bpf_ktime_get_ns();
    slot->request = address;
  }
  /* While a ring drains, the kernel sets the bit of IOSQE_ASYNC in requests that did not ask for it. */
  if (forced && is_draining(req)) note(slot, address, WATCH_DRAINED, 0);
}

/* Requests that are linked behind this one may be executed by the worker that has it, without a further event. */
static __always_inline void note_links(struct io_kiocb *req) {
  struct io_kiocb *next = req;
  for (int i = 0; i < 32; ++i) {
    if (!(BPF_CORE_READ(next, flags) & REQ_F_ANY_LINK)) return;
    next = BPF_CORE_READ(next, link);
    if (!next) return;
    struct watch_slot *slot = slot_of((__u64)next);
    if (slot) note(slot, (__u64)next, WATCH_CHAINED, 0);
  }
}

static __always_inline void handed_over(struct io_kiocb *req) {
  __u64 flags = BPF_CORE_READ(req, flags);
  __u32 how = WATCH_PUNTED;
  if (flags & REQ_F_FORCE_ASYNC) how = flags & REQ_F_IO_DRAIN ? WATCH_DRAINED : WATCH_FORCED;
  struct watch_slot *slot = slot_of((__u64)req);
  if (slot) note(slot, (__u64)req, how, 1);
  if (flags & REQ_F_ANY_LINK) note_links(req);
}

/* The file and operation of a request. */
static __always_inline void describe(struct io_kiocb *req, struct watch_key *key) {
  key->opcode = BPF_CORE_READ(req, opcode);
  struct file *file = BPF_CORE_READ(req, file);
  if (!file) return;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  key->inode = BPF_CORE_READ(inode, i_ino);
  key->device = BPF_CORE_READ(inode, i_sb, s_dev);
}

static __always_inline void describe_by_cast(void *object, struct watch_key *key) {
  struct io_kiocb *req = TYPED(io_kiocb, object);
  key->opcode = req->opcode;
  struct file *file = req->file;
  if (!file) return;
  key->inode = file->f_inode->i_ino;
  key->device = file->f_inode->i_sb->s_dev;
}

static __always_inline void completed(void *ring, struct io_kiocb *req, __s32 result, bool can_cast) {
  __u64 address = (__u64)req;
  struct watch_slot *slot = slot_of(address);
  if (!slot) return;
  __u64 submitted_ns = 0;
  __u32 how = WATCH_INLINE;
  if (slot->request == address) {
    submitted_ns = slot->submitted_ns;
    slot->request = 0;
  }
  if (slot->noted) how = take_noted(slot, address, &submitted_ns);

  struct watch_key key = {.ring = (__u64)ring};
  key.process = bpf_get_current_pid_tgid() >> 32;
  if (can_cast) describe_by_cast(req, &key);
  else describe(req, &key);
  __u32 row = row_of(&key, req);
  __u32 of_cpu = bpf_get_smp_processor_id() * row_count + row;
  struct watch_counts *counts = row == NO_ROW ? NULL : bpf_map_lookup_elem(&row_counts, &of_cpu);
  if (!counts) return lose(WATCH_LOST_ROWS);
  if (submitted_ns) {
    add_latency(row, bpf_ktime_get_ns() - submitted_ns, how != WATCH_INLINE);
    counts->measured += 1;
  }
  /* Plain additions: the counts belong to this CPU, and the kernel lets no program interrupt itself. */
  if (result < 0) counts->failed += 1;
  else counts->bytes += result;
  if (how == WATCH_PUNTED) counts->punts += 1;
  if (how == WATCH_FORCED) counts->forced += 1;
  if (how == WATCH_DRAINED) counts->drained += 1;
  if (how == WATCH_CHAINED) counts->chained += 1;
  /* The last one: user space looks at a row when it has changed. */
  counts->requests += 1;
}

/* Linux 6.4 and newer. */
SEC("raw_tp/io_uring_submit_req")
int BPF_PROG(submit_req, struct io_kiocb *req) {
  submitted(req, true);
  return 0;
}

/* Linux 6.0 to 6.3. */
SEC("raw_tp/io_uring_submit_sqe")
int BPF_PROG(submit_sqe, struct io_kiocb *req) {
  submitted(req, false);
  return 0;
}

/* The 5.10 that Debian has, whose io_uring is that of 5.15. */
SEC("raw_tp/io_uring_submit_sqe")
int BPF_PROG(submit_sqe_5_10, void *ring, void *req, __u8 opcode, __u64 user_data) {
  if (!is_watched()) return 0;
  submitted(req, false);
  struct watch_completion key = {.ring = (__u64)ring, .user_data = user_data};
  struct watch_pending *same = bpf_map_lookup_elem(&pending_completions, &key);
  if (same) {
    same->request = 0;
    __sync_fetch_and_add(&same->count, 1);
    return 0;
  }
  struct watch_pending pending = {.request = (__u64)req, .count = 1};
  bpf_map_update_elem(&pending_completions, &key, &pending, BPF_ANY);
  return 0;
}

/* Linux 6.0 and newer. */
SEC("raw_tp/io_uring_queue_async_work")
int BPF_PROG(queue_async_work, struct io_kiocb *req) {
  if (is_watched()) handed_over(req);
  return 0;
}

SEC("raw_tp/io_uring_queue_async_work")
int BPF_PROG(queue_async_work_5_10, void *ring, int rw, void *req) {
  if (is_watched()) handed_over(req);
  return 0;
}

/* Linux 6.16 and newer. A completion without a request comes from a message to the ring or a multishot's last post. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(complete, void *ring, void *req, struct io_uring_cqe *cqe) {
  if (req && is_watched()) completed(ring, req, TYPED(io_uring_cqe, cqe)->res, true);
  return 0;
}

/* Linux 6.2 to 6.15. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(complete_6_2, void *ring, void *req, __u64 user_data, int result) {
  if (req && is_watched()) completed(ring, req, result, true);
  return 0;
}

/* Linux 5.19 to 6.1. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(complete_6_0, void *ring, void *req, __u64 user_data, int result) {
  if (req && is_watched()) completed(ring, req, result, false);
  return 0;
}

/* Here a completion does not name its request, which is found by its user_data where that is unambiguous. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(complete_5_10, void *ring, __u64 user_data, int result, __u32 flags) {
  const __u32 more = 1 << 1; /* IORING_CQE_F_MORE: the request goes on */
  if (flags & more || !is_watched()) return 0;
  struct watch_completion key = {.ring = (__u64)ring, .user_data = user_data};
  struct watch_pending *pending = bpf_map_lookup_elem(&pending_completions, &key);
  if (!pending || !pending->request) lose(WATCH_LOST_UNMATCHED);
  else completed(ring, (struct io_kiocb *)pending->request, result, false);
  if (!pending) return 0;
  if (pending->count <= 1) bpf_map_delete_elem(&pending_completions, &key);
  else __sync_fetch_and_add(&pending->count, -1);
  return 0;
}

/* Linux 5.15 and newer. Here tp_btf is right: the tasks have types. */
SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next) {
  if (!preempt) begins_to_block(prev);
  runs_again(next);
  return 0;
}
