/* What is kept in the kernel, and what the loader sets. */
#pragma once

/* Set by the loader before the programs are checked. Also send a record for each request that did not punt. */
const volatile bool every_request = false;
/* Records for each process, file and operation in one period (2^30 ns); 0: all. */
const volatile __u32 records_per_period = 0;
/* Until Linux 5.18 the ring is the first argument of io_uring's tracepoints, and completions do not name a request. */
const volatile bool ring_comes_first = false;
/* The return of the write function is seen. */
const volatile bool sees_returns = false;

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, struct causes_thread);
} threads SEC(".maps");

/* Requests that punted and have not ended, by the address of their struct io_kiocb. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u64);
  __type(value, struct causes_record);
} punts SEC(".maps");

/* Records are too large for the stack. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct causes_record);
} scratch SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} lost SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 23);
} records SEC(".maps");

/* Map values have to be initialised from memory. */
static const struct causes_thread no_thread;

static __always_inline struct causes_thread *this_thread(void) {
  __u32 id = bpf_get_current_pid_tgid();
  return bpf_map_lookup_elem(&threads, &id);
}

static __always_inline void send(struct causes_record *record, __u64 bytes) {
  if (bpf_ringbuf_output(&records, record, bytes, 0) == 0) return;
  __u32 zero = 0;
  __u64 *count = bpf_map_lookup_elem(&lost, &zero);
  if (count) *count += 1;
}
