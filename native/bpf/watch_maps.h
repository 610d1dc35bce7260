/* What the programs of a watch keep in the kernel, and what its loader sets. */
#pragma once

/* One request in 2^n has its latency measured. Counts are exact. */
const volatile __u32 sample_shift = 0;

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
