/*
 * The rows of a watch. A hash table gives a row's number; its counters stand in arrays, which user space has in its
 * memory. Each CPU remembers the numbers that it used last, so that most requests need no search.
 */
#pragma once

/* The loader makes it as large as the counters of all CPUs. The row of CPU c is at c * row_count + its number. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct watch_counts);
} row_counts SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, WATCH_ROWS);
  __type(key, __u32);
  __type(value, struct watch_latencies);
} row_latencies SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, WATCH_ROWS);
  __type(key, __u32);
  __type(value, struct watch_key);
} row_keys SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, WATCH_ROWS);
  __type(key, __u32);
  __type(value, struct watch_names);
} row_names SEC(".maps");

/* Numbers that no row has. The loader fills it, and returns to it the rows that were not used for long. */
struct {
  __uint(type, BPF_MAP_TYPE_QUEUE);
  __uint(max_entries, WATCH_ROWS);
  __type(value, __u32);
} free_rows SEC(".maps");

/* Twice as large as needed: each CPU holds some free elements back. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 2 * WATCH_ROWS);
  __type(key, struct watch_key);
  __type(value, __u32);
} row_numbers SEC(".maps");

#define REMEMBERED_BITS 6
struct remembered_row {
  struct watch_key key;
  __u32 number;
  __u32 epoch;
};
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1 << REMEMBERED_BITS);
  __type(key, __u32);
  __type(value, struct remembered_row);
} remembered_rows SEC(".maps");

const volatile __u32 row_count = WATCH_ROWS;
/* What CPUs remember from an earlier epoch does not hold. The loader begins one when it takes rows back. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} row_epoch SEC(".maps");

#define NO_ROW 0xffffffff

static __always_inline void name_row(__u32 number, struct io_kiocb *req) {
  struct watch_names *names = bpf_map_lookup_elem(&row_names, &number);
  if (!names) return;
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  BPF_CORE_READ_STR_INTO(&names->process, task, group_leader, comm);
  names->file[0] = 0;
  struct file *file = BPF_CORE_READ(req, file);
  const unsigned char *name = file ? BPF_CORE_READ(file, f_path.dentry, d_name.name) : NULL;
  if (name) bpf_probe_read_kernel_str(names->file, sizeof names->file, name);
}

/* Also makes the row; NO_ROW: there are too many. */
static __noinline __u32 search_row(struct watch_key *key, struct io_kiocb *req) {
  __u32 *known = bpf_map_lookup_elem(&row_numbers, key);
  if (known) return *known;
  __u32 number = 0;
  if (bpf_map_pop_elem(&free_rows, &number)) return NO_ROW;
  bpf_map_update_elem(&row_keys, &number, key, BPF_ANY);
  name_row(number, req);
  if (bpf_map_update_elem(&row_numbers, key, &number, BPF_NOEXIST) == 0) return number;
  /* Another CPU was quicker. */
  bpf_map_push_elem(&free_rows, &number, 0);
  known = bpf_map_lookup_elem(&row_numbers, key);
  return known ? *known : NO_ROW;
}

static __always_inline bool is_same(const struct watch_key *a, const struct watch_key *b) {
  return a->ring == b->ring && a->inode == b->inode && a->device == b->device && a->process == b->process &&
         a->opcode == b->opcode;
}

static __always_inline __u32 row_of(struct watch_key *key, struct io_kiocb *req) {
  __u32 zero = 0;
  __u32 *epoch = bpf_map_lookup_elem(&row_epoch, &zero);
  __u32 place = ((key->inode + key->opcode) ^ key->ring >> 8) * 0x9e3779b97f4a7c15ULL >> (64 - REMEMBERED_BITS);
  struct remembered_row *remembered = bpf_map_lookup_elem(&remembered_rows, &place);
  if (!remembered || !epoch) return NO_ROW;
  /* Epochs begin with 1: what is all 0 was never remembered. */
  if (remembered->epoch == *epoch && is_same(&remembered->key, key)) return remembered->number;
  __u32 now = *epoch;
  __u32 number = search_row(key, req);
  if (number == NO_ROW) return NO_ROW;
  remembered->key = *key;
  remembered->number = number;
  remembered->epoch = now;
  return number;
}

static __always_inline void add_latency(__u32 number, __u64 ns, bool is_punted) {
  struct watch_latencies *row = bpf_map_lookup_elem(&row_latencies, &number);
  if (!row) return;
  __u64 bucket = bucket_of(ns);
  /* Without the barrier the compiler moves the mask, and the verifier of older kernels sees no bound. */
  barrier_var(bucket);
  bucket &= WATCH_BUCKETS - 1;
  if (is_punted) __sync_fetch_and_add(&row->punted_ns[bucket], 1);
  else __sync_fetch_and_add(&row->inline_ns[bucket], 1);
}
