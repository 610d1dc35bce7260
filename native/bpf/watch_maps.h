/* What the programs of a watch keep in the kernel, and what its loader sets. */
#pragma once

/* Set by the loader before the programs are checked, so that what is not asked for costs nothing. */
const volatile bool watch_everything = false;
/* One request in 2^n has its latency measured. Counts are exact. */
const volatile __u32 sample_shift = 0;

/* An array, not a hash table: it is read at every event, and that is six times quicker. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, WATCH_PROCESS_PLACES);
  __type(key, __u32);
  __type(value, struct watch_processes);
} watched_processes SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, WATCH_LOSSES);
  __type(key, __u32);
  __type(value, __u64);
} losses SEC(".maps");

static __always_inline void lose(__u32 what) {
  __u64 *count = bpf_map_lookup_elem(&losses, &what);
  if (count) *count += 1;
}

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
