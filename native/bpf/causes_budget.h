/* How many records a process may have in one period: for each file and operation, and in all. */
#pragma once

struct budget_key {
  __u64 inode;
  __u32 device;
  __u32 process;
  __u32 opcode;
  __u32 padding;
};
struct budget {
  __u64 period;
  __u64 used;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, struct budget_key);
  __type(value, struct budget);
} budgets SEC(".maps");

/* Of all files of a process together: user space takes some 25 us for each record. */
#define FILES_IN_BUDGET 2

static __noinline int exceeds(struct budget_key *key, __u64 period, __u64 most) {
  struct budget *budget = bpf_map_lookup_elem(&budgets, key);
  if (!budget) {
    struct budget first = {.period = period, .used = 1};
    bpf_map_update_elem(&budgets, key, &first, BPF_ANY);
    return 0;
  }
  if (budget->period != period) {
    budget->period = period;
    budget->used = 0;
  }
  __sync_fetch_and_add(&budget->used, 1);
  return budget->used > most;
}

static __always_inline bool exceeds_budget(struct causes_record *record) {
  if (!records_per_period) return false;
  struct budget_key key = {
      .inode = record->inode, .device = record->device, .process = record->process, .opcode = record->opcode};
  __u64 period = record->punted_ns >> 30;
  if (exceeds(&key, period, records_per_period)) return true;
  struct budget_key process = {.process = record->process, .opcode = ~0U};
  return exceeds(&process, period, (__u64)records_per_period * FILES_IN_BUDGET);
}
