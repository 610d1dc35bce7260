/* Requests under way: when they were submitted, and how they came to a worker. */
#pragma once

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, WATCH_SLOTS);
  __type(key, __u32);
  __type(value, struct watch_slot);
} slots SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, __u64);
  __type(value, struct watch_noted);
} noted_requests SEC(".maps");

/* Of one in 2^sample_shift requests: xorshift32 (Marsaglia 2003). bpf_get_prandom_u32 takes longer than all the rest. */
static __always_inline bool is_sampled(struct watch_slot *slot) {
  if (!sample_shift) return true;
  __u32 random = slot->random ? slot->random : bpf_get_prandom_u32() | 1;
  random ^= random << 13;
  random ^= random >> 17;
  random ^= random << 5;
  slot->random = random;
  return !(random >> (32 - sample_shift));
}

static __always_inline struct watch_slot *slot_of(__u64 address) {
  __u32 index = (address * 0x9e3779b97f4a7c15ULL) >> 48;
  return bpf_map_lookup_elem(&slots, &index);
}

static __always_inline void forget(struct watch_slot *slot, __u64 address) {
  if (!bpf_map_delete_elem(&noted_requests, &address)) __sync_fetch_and_add(&slot->noted, -1);
}

static __always_inline void note(struct watch_slot *slot, __u64 address, __u32 how, __u32 handed_over) {
  struct watch_noted *known = slot->noted ? bpf_map_lookup_elem(&noted_requests, &address) : NULL;
  if (known) {
    /* The first hand-over tells why; a request that a drain has forced stays one. */
    if (!handed_over || known->handed_over) return;
    known->handed_over = 1;
    if (known->how != WATCH_DRAINED) known->how = how;
    return;
  }
  struct watch_noted noted = {.how = how, .handed_over = handed_over};
  if (slot->request == address) noted.submitted_ns = slot->submitted_ns;
  if (bpf_map_update_elem(&noted_requests, &address, &noted, BPF_NOEXIST)) lose(WATCH_LOST_PUNTS);
  else __sync_fetch_and_add(&slot->noted, 1);
}

/* A worker's name begins with iou-wrk-; the bit of a worker in the task's flags differs between kernels. */
static __always_inline bool is_worker(void) {
  char name[16];
  if (bpf_get_current_comm(name, sizeof name)) return false;
  return *(__u64 *)name == *(const __u64 *)"iou-wrk-";
}

/* Takes out what was noted. Returns how the request came to a worker. */
static __always_inline __u32 take_noted(struct watch_slot *slot, __u64 address, __u64 *submitted_ns) {
  struct watch_noted *noted = bpf_map_lookup_elem(&noted_requests, &address);
  if (!noted) return WATCH_INLINE;
  __u32 how = noted->how;
  if (!noted->handed_over && !(how == WATCH_CHAINED && is_worker())) how = WATCH_INLINE;
  *submitted_ns = noted->submitted_ns;
  forget(slot, address);
  return how;
}
