/*
 * The processes that are watched, for every set of programs. Children, and programs of the name that is asked for, are
 * followed here: user space looks only once an interval, and would miss their first requests.
 */
#pragma once

#include "watched_processes.h"

/* Set by the loader before the programs are checked, so that what is not asked for costs nothing. */
const volatile bool watch_everything = false;
/* Programs of this name are watched from their start; "": by process id only. */
const volatile char watched_name[16] = "";

/* An array, not a hash table: it is read at every event, and that is six times quicker. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, WATCH_PROCESS_PLACES);
  __type(key, __u32);
  __type(value, struct watch_processes);
} watched_processes SEC(".maps");

static __always_inline bool is_watched_process(__u32 process) {
  if (watch_everything) return true;
  __u32 place = process & (WATCH_PROCESS_PLACES - 1);
  struct watch_processes *at = bpf_map_lookup_elem(&watched_processes, &place);
  if (!at) return false;
  return at->ids[0] == process || at->ids[1] == process || at->ids[2] == process || at->ids[3] == process;
}

static __always_inline bool is_watched(void) {
  return watch_everything || is_watched_process(bpf_get_current_pid_tgid() >> 32);
}

static __always_inline void watch_process(__u32 process) {
  __u32 place = process & (WATCH_PROCESS_PLACES - 1);
  struct watch_processes *at = bpf_map_lookup_elem(&watched_processes, &place);
  if (!at || is_watched_process(process)) return;
  /* No other CPU writes here now: it would have to start a process whose id has the same lowest bits. */
  for (int i = 0; i < WATCH_PROCESSES_PER_PLACE; ++i) {
    if (at->ids[i]) continue;
    at->ids[i] = process;
    return;
  }
}

static __always_inline void unwatch_process(__u32 process) {
  __u32 place = process & (WATCH_PROCESS_PLACES - 1);
  struct watch_processes *at = bpf_map_lookup_elem(&watched_processes, &place);
  if (!at) return;
  for (int i = 0; i < WATCH_PROCESSES_PER_PLACE; ++i) {
    if (at->ids[i] == process) at->ids[i] = 0;
  }
}

static __always_inline bool has_watched_name(void) {
  char name[16] = {};
  if (!watched_name[0] || bpf_get_current_comm(name, sizeof name)) return false;
  for (int i = 0; i < 16; ++i) {
    if (name[i] != watched_name[i]) return false;
    if (!name[i]) return true;
  }
  return true;
}

SEC("raw_tp/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child) {
  __u32 process = BPF_CORE_READ(child, tgid);
  __u32 from = bpf_get_current_pid_tgid() >> 32;
  if (process != from && is_watched_process(from)) watch_process(process);
  return 0;
}

SEC("raw_tp/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task) {
  if (has_watched_name()) watch_process(bpf_get_current_pid_tgid() >> 32);
  return 0;
}

/* Ids are used again. */
SEC("raw_tp/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task) {
  __u32 process = bpf_get_current_pid_tgid() >> 32;
  if (is_watched_process(process) && BPF_CORE_READ(task, signal, live.counter) == 0) unwatch_process(process);
  return 0;
}
