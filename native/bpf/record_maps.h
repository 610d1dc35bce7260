/* What is kept in the kernel, and what the loader sets. */
#pragma once

/* Set by the loader before the programs are checked. */
const volatile bool watch_everything = false;
/* Programs of this name are watched from their first instruction on; empty: by process id only. */
const volatile char watched_name[16];

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} watched_processes SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} lost SEC(".maps");

/* The loader sets its size. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 26);
} events SEC(".maps");

static __always_inline bool is_watched(void) {
  if (watch_everything) return true;
  __u32 process = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&watched_processes, &process) != NULL;
}

static __always_inline int watch(__u32 process) {
  const __u8 yes = 1;
  return bpf_map_update_elem(&watched_processes, &process, &yes, BPF_ANY);
}

static __always_inline int lose(void) {
  __u32 zero = 0;
  __u64 *count = bpf_map_lookup_elem(&lost, &zero);
  if (count) *count += 1;
  return 0;
}
