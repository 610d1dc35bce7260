/*
 * How long submitting threads are blocked. A thread that waits for completions sleeps interruptibly; one that waits
 * for a lock, memory or the device during submission does not. So the scheduler tells the two apart, and system calls
 * need no tracepoints, which would slow down every call of every program.
 */
#pragma once

#define TASK_UNINTERRUPTIBLE 2
#define PF_EXITING 4 /* include/linux/sched.h, 5.10 to 7.3 */
#define NR_IO_URING_ENTER 426 /* on every architecture */

/* A blocked thread, at the place of its id's lowest bits. */
#define BLOCKED_PLACES 16384
struct blocked_thread {
  __u64 since_ns;
  __u32 thread; /* 0: none */
  __u32 padding;
};
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, BLOCKED_PLACES);
  __type(key, __u32);
  __type(value, struct blocked_thread);
} blocked_threads SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, struct watch_stalls);
} stalls SEC(".maps");

static const struct watch_stalls no_stalls;

static __always_inline void add_stall(__u32 process, __u64 ns) {
  struct watch_stalls *of_process = bpf_map_lookup_elem(&stalls, &process);
  if (!of_process) {
    bpf_map_update_elem(&stalls, &process, &no_stalls, BPF_NOEXIST);
    of_process = bpf_map_lookup_elem(&stalls, &process);
    if (!of_process) return lose(WATCH_LOST_STALLS);
  }
  __sync_fetch_and_add(&of_process->count, 1);
  __sync_fetch_and_add(&of_process->ns, ns);
  /* Two threads of a process at the same moment: the smaller one may win. */
  if (ns > of_process->max_ns) of_process->max_ns = ns;
  __u64 bucket = bucket_of(ns);
  barrier_var(bucket);
  __sync_fetch_and_add(&of_process->blocked_ns[bucket & (WATCH_BUCKETS - 1)], 1);
}

static __always_inline bool submits(struct task_struct *task) {
  /* Killed inside the call, it has its number still, and may take long to free the blocks of deleted files. */
  if (task->flags & PF_EXITING) return false;
  /* An io_uring thread has the registers of the call that made it. */
  if (*(__u32 *)task->comm == *(const __u32 *)"iou-") return false;
  struct pt_regs___kernel *registers = (void *)bpf_task_pt_regs(task);
  if (bpf_core_field_exists(registers->orig_ax)) return BPF_CORE_READ(registers, orig_ax) == NR_IO_URING_ENTER;
  if (bpf_core_field_exists(registers->syscallno)) return BPF_CORE_READ(registers, syscallno) == NR_IO_URING_ENTER;
  return false;
}

static __always_inline struct blocked_thread *blocked_place(__u32 thread) {
  __u32 place = thread & (BLOCKED_PLACES - 1);
  return bpf_map_lookup_elem(&blocked_threads, &place);
}

static __always_inline void begins_to_block(struct task_struct *task) {
  if (!(task->__state & TASK_UNINTERRUPTIBLE) || !is_watched_process(task->tgid) || !submits(task)) return;
  struct blocked_thread *at = blocked_place(task->pid);
  if (!at) return;
  if (at->thread) lose(WATCH_LOST_STALLS);
  at->since_ns = bpf_ktime_get_ns();
  at->thread = task->pid;
}

static __always_inline void runs_again(struct task_struct *task) {
  struct blocked_thread *at = blocked_place(task->pid);
  if (!at || !at->thread || at->thread != task->pid) return;
  at->thread = 0;
  add_stall(task->tgid, bpf_ktime_get_ns() - at->since_ns);
}
