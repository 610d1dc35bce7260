/*
 * Records why requests of watched processes punt: what happened on the submitting thread since the attempt began,
 * the state of the inode, and what the io-wq worker then did. Sends one record for each punted request.
 *
 * Raw tracepoints, because they attach by name, with arguments that changed between kernels: 5.10 to 7.3. What a
 * kernel lacks is left out by the loader.
 *
 * SPDX-License-Identifier: MIT OR GPL-2.0
 */
#include <stdbool.h>

#include <linux/types.h>
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "causes.h"
#include "causes_kernel.h"
#include "followed.h"
#include "causes_maps.h"
#include "causes_budget.h"
#include "causes_attempts.h"
#include "causes_steps.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Whether the next request is linked to this one: REQ_F_LINK or REQ_F_HARDLINK, the bits of IOSQE_IO_LINK and IOSQE_IO_HARDLINK. */
static __always_inline bool is_linked(__u64 request) {
  return (BPF_CORE_READ((struct io_kiocb *)request, flags) & (1 << 2 | 1 << 3)) != 0;
}

static __always_inline int submitted(__u64 request) {
  if (!is_watched()) return 0;
  struct causes_thread *thread = this_thread();
  bool held = false;
  if (!thread) {
    __u32 id = bpf_get_current_pid_tgid();
    bpf_map_update_elem(&threads, &id, &no_thread, BPF_ANY);
    thread = bpf_map_lookup_elem(&threads, &id);
    if (!thread) return 0;
  } else if (thread->request && !thread->is_retry) {
    held = !thread->began_head && is_linked(thread->request);
    if (held && !thread->in_link) thread->head = thread->request;
    else if (every_request) send_inline(thread);
  }
  thread->in_link = held;
  thread->began_head = 0;
  thread->request = request;
  thread->is_retry = 0;
  thread->nested = 0;
  thread->attempt.began_ns = bpf_ktime_get_ns();
  thread->attempt.ended_ns = 0;
  thread->attempt.entered = 0;
  thread->attempt.step_count = 0;
  thread->attempt.state.seen = CAUSES_NEVER;
  return 0;
}

SEC("raw_tp/io_uring_submit_req")
int submit_req(struct bpf_raw_tracepoint_args *ctx) { return submitted(ctx->args[0]); }

/* The request: the first argument, or where the ring comes first the n-th, from 0. */
static __always_inline __u64 request_argument(struct bpf_raw_tracepoint_args *ctx, int n) {
  __u64 request;
  /* The barriers keep the two loads apart: verifiers up to 5.10 refuse an offset that is computed. */
  if (ring_comes_first) {
    request = ctx->args[n];
    barrier_var(request);
  } else {
    request = ctx->args[0];
    barrier_var(request);
  }
  return request;
}

/* Its name until Linux 6.3 */
SEC("raw_tp/io_uring_submit_sqe")
int submit_sqe(struct bpf_raw_tracepoint_args *ctx) {
  return submitted(request_argument(ctx, 1));
}

static __always_inline bool has_offset(__u8 opcode) {
  /* READV, WRITEV, READ_FIXED, WRITE_FIXED, READ, WRITE, READV_FIXED, WRITEV_FIXED */
  const __u64 vectored = 1ULL << 1 | 1ULL << 2 | 1ULL << 60 | 1ULL << 61;
  const __u64 opcodes = vectored | 1ULL << 4 | 1ULL << 5 | 1ULL << 22 | 1ULL << 23;
  return opcode < 64 && (opcodes >> opcode & 1);
}

/* Before its attempt a request may have no file yet. */
static __always_inline void describe_file(struct causes_record *record, struct io_kiocb *request) {
  struct file *file = BPF_CORE_READ(request, file);
  if (!file) return;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  record->file_mode = BPF_CORE_READ(file, f_mode);
  record->device_waits = device_waits(file, inode);
  record->inode = BPF_CORE_READ(inode, i_ino);
  record->mode = BPF_CORE_READ(inode, i_mode);
  record->block_bits = BPF_CORE_READ(inode, i_blkbits);
  record->device = BPF_CORE_READ(inode, i_sb, s_dev);
  record->magic = BPF_CORE_READ(inode, i_sb, s_magic);
}

static __always_inline void describe(struct causes_record *record, struct io_kiocb *request) {
  __u64 ids = bpf_get_current_pid_tgid();
  record->request = (__u64)request;
  record->ring = (__u64)BPF_CORE_READ(request, ctx);
  record->process = ids >> 32;
  record->thread = ids;
  record->opcode = BPF_CORE_READ(request, opcode);
  record->request_flags = BPF_CORE_READ(request, flags);
  record->completed = 0;
  record->inode = record->device = record->magic = record->mode = record->block_bits = record->write_flags = 0;
  record->file_mode = record->device_waits = 0;
  record->offset_bytes = record->length_bytes = 0;
  describe_file(record, request);
  if (!has_offset(record->opcode)) return;
  record->write_flags = BPF_CORE_READ((struct kiocb *)request, ki_flags);
  record->offset_bytes = BPF_CORE_READ((struct kiocb *)request, ki_pos);
  record->length_bytes = request_length(request, record->opcode);
}

SEC("raw_tp/io_uring_queue_async_work")
int punt(struct bpf_raw_tracepoint_args *ctx) {
  if (!is_watched()) return 0;
  __u64 address = request_argument(ctx, 2);
  struct io_kiocb *request = (struct io_kiocb *)address;
  __u32 zero = 0;
  struct causes_record *record = bpf_map_lookup_elem(&scratch, &zero);
  if (!record) return 0;
  begin_head(address);
  struct causes_thread *thread = this_thread();
  bool attempted = thread && thread->request == address && !thread->is_retry;
  describe(record, request);
  record->punted_ns = bpf_ktime_get_ns();
  if (exceeds_budget(record)) {
    if (attempted) thread->request = 0;
    return 0;
  }
  record->inline_attempt.began_ns = record->inline_attempt.step_count = 0;
  record->inline_attempt.state.seen = CAUSES_NEVER;
  if (attempted) {
    record->inline_attempt = thread->attempt;
    thread->request = 0;
  }
  if (!record->inline_attempt.ended_ns) record->inline_attempt.ended_ns = record->punted_ns;
  if (!record->inline_attempt.state.seen) {
    read_state(&record->inline_attempt.state, BPF_CORE_READ(request, file), CAUSES_AT_PUNT);
  }
  record->retry.began_ns = record->retry.ended_ns = 0;
  record->retry.entered = record->retry.step_count = 0;
  record->retry.state.seen = CAUSES_NEVER;
  record->stack_bytes = bpf_get_stack(ctx, record->stack, sizeof record->stack, 0);
  /* The completion of the request that had this address before was not seen. */
  struct causes_record *before = bpf_map_lookup_elem(&punts, &address);
  if (before) send(before, sizeof *before);
  bpf_map_update_elem(&punts, &address, record, BPF_ANY);
  return 0;
}

SEC("raw_tp/io_uring_complete")
int complete(struct bpf_raw_tracepoint_args *ctx) {
  __u64 address = ctx->args[1];
  if (!address || ring_comes_first) return 0;
  struct causes_record *record = bpf_map_lookup_elem(&punts, &address);
  if (record) {
    record->completed = 1;
    if (!record->inode) describe_file(record, (struct io_kiocb *)address);
    /* The device may be quicker than the worker, which is then about to return. */
    if (sees_returns && record->retry.entered && !record->retry.ended_ns) return 0;
    send(record, sizeof *record);
    bpf_map_delete_elem(&punts, &address);
    return 0;
  }
  if (!every_request) return 0;
  struct causes_thread *thread = this_thread();
  if (!thread || thread->request != address || thread->is_retry) return 0;
  send_inline(thread);
  thread->request = 0;
  return 0;
}
