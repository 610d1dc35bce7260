/*
 * Processes that start while others are watched: children, and programs of the name that is asked for. User space looks
 * only once an interval, and would miss their first requests.
 */
#pragma once

/* Programs of this name are watched from their start; "": by process id only. */
const volatile char watched_name[16] = "";

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
