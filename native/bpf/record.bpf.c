/*
 * Records every io_uring request of watched processes: one event when the kernel takes it, one when it goes to a
 * worker, one when it completes. The loader puts them together, so that nothing is searched for in the kernel.
 * Beside them, the system calls that change the state of files (record_calls.h). Linux 6.0 and newer.
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

#include "record.h"
#include "record_kernel.h"
#include "followed.h"
#include "record_maps.h"
#include "record_calls.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum {
  OP_READV = 1,
  OP_WRITEV,
  OP_FSYNC,
  OP_READ_FIXED,
  OP_WRITE_FIXED,
  OP_SYNC_FILE_RANGE = 8,
  OP_FALLOCATE = 17,
  OP_READ = 22,
  OP_WRITE,
  OP_READV_FIXED = 60,
  OP_WRITEV_FIXED
};

static __always_inline bool is_read_or_write(__u8 opcode) {
  const __u64 those = 1ULL << OP_READV | 1ULL << OP_WRITEV | 1ULL << OP_READ_FIXED | 1ULL << OP_WRITE_FIXED |
                      1ULL << OP_READ | 1ULL << OP_WRITE | 1ULL << OP_READV_FIXED | 1ULL << OP_WRITEV_FIXED;
  return opcode < 64 && (those >> opcode & 1);
}

/* What the program asked for stands in the command from its preparation on, which is before this event. */
static __always_inline void describe(struct record_submit *event, struct io_kiocb *req) {
  struct beginning request;
  copy_beginning(&request, req);
  event->opcode = COPIED(request, req, struct io_kiocb, opcode, __u8);
  event->sqe_flags = COPIED(request, req, struct io_kiocb, flags, __u8);
  struct io_ring_ctx___flags *ring = COPIED(request, req, struct io_kiocb, ctx, void *);
  event->ring = (__u64)ring;
  event->ring_flags = BPF_CORE_READ(ring, flags);
  event->offset = event->length = event->op_flags = 0;
  if (is_read_or_write(event->opcode)) {
    event->offset = COPIED(request, req, struct io_rw, kiocb.ki_pos, __u64);
    event->length = COPIED(request, req, struct io_rw, len, __u32);
    event->op_flags = COPIED(request, req, struct io_rw, flags, __u32);
  } else if (event->opcode == OP_FSYNC || event->opcode == OP_FALLOCATE || event->opcode == OP_SYNC_FILE_RANGE) {
    event->offset = COPIED(request, req, struct io_sync, off, __u64);
    event->length = COPIED(request, req, struct io_sync, len, __u64);
    event->op_flags = event->opcode == OP_FALLOCATE ? COPIED(request, req, struct io_sync, mode, __u32)
                                                    : COPIED(request, req, struct io_sync, flags, __u32);
  }
}

static __always_inline int submitted(struct io_kiocb *req) {
  if (!is_watched()) return 0;
  struct record_submit *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return lose();
  __u64 ids = bpf_get_current_pid_tgid();
  event->kind = RECORD_SUBMIT;
  event->thread = ids;
  event->process = ids >> 32;
  event->request = (__u64)req;
  describe(event, req);
  event->at_ns = bpf_ktime_get_ns();
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

/* Linux 6.4 and newer; until then it is io_uring_submit_sqe. */
SEC("raw_tp/io_uring_submit_req")
int BPF_PROG(record_submit_req, struct io_kiocb *req) { return submitted(req); }

SEC("raw_tp/io_uring_submit_sqe")
int BPF_PROG(record_submit_sqe, struct io_kiocb *req) { return submitted(req); }

SEC("raw_tp/io_uring_queue_async_work")
int BPF_PROG(record_handover, struct io_kiocb *req) {
  if (!is_watched()) return 0;
  struct record_handover *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return lose();
  event->kind = RECORD_HANDOVER;
  event->sqe_flags = (__u8)BPF_CORE_READ(req, flags);
  event->request = (__u64)req;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

/* A worker's name begins with iou-wrk-; the bit of a worker in the task's flags differs between kernels. */
static __always_inline bool is_worker(void) {
  char name[16];
  if (bpf_get_current_comm(name, sizeof name)) return false;
  return *(__u64 *)name == *(const __u64 *)"iou-wrk-";
}

static __always_inline void describe_file(struct record_complete *event, struct file *file) {
  struct beginning of_file, of_inode;
  copy_beginning(&of_file, file);
  struct inode *inode = COPIED(of_file, file, struct file, f_inode, void *);
  event->file_flags = COPIED(of_file, file, struct file___record, f_flags, __u32);
  copy_beginning(&of_inode, inode);
  struct super_block *filesystem = COPIED(of_inode, inode, struct inode, i_sb, void *);
  event->inode = COPIED(of_inode, inode, struct inode, i_ino, __u64);
  event->device = BPF_CORE_READ(filesystem, s_dev);
}

static __always_inline int completed(struct io_kiocb *req, int result) {
  if (!req || !is_watched()) return 0;
  struct record_complete *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return lose();
  event->at_ns = bpf_ktime_get_ns();
  event->kind = RECORD_COMPLETE;
  event->result = result;
  event->request = (__u64)req;
  event->by_worker = is_worker();
  event->inode = event->device = event->file_flags = 0;
  struct file *file = BPF_CORE_READ(req, file);
  if (file) describe_file(event, file);
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

/* Linux 6.16 and newer. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(record_complete_cqe, void *ring, struct io_kiocb *req, struct io_uring_cqe *cqe) {
  return completed(req, BPF_CORE_READ(cqe, res));
}

/* Linux 5.19 to 6.15. */
SEC("raw_tp/io_uring_complete")
int BPF_PROG(record_complete, void *ring, struct io_kiocb *req, __u64 user_data, int result) {
  return completed(req, result);
}

SEC("raw_tp/sys_exit")
int BPF_PROG(record_sys_exit, struct pt_regs *regs, long result) {
  return is_watched() ? returned(regs, result) : 0;
}
