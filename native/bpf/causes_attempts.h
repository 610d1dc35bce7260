/* What happens inside an attempt: where it begins and ends, and its steps. */
#pragma once

/* The attempt of this thread that is under way; NULL: none. */
static __always_inline struct causes_attempt *attempt_of(struct causes_thread *thread) {
  if (!thread || !thread->request) return NULL;
  if (thread->is_retry) {
    __u64 address = thread->request;
    struct causes_record *record = bpf_map_lookup_elem(&punts, &address);
    if (!record) return NULL;
    /* Without the barrier the compiler adds the offset before the check, which the verifier refuses. */
    barrier_var(record);
    return &record->retry;
  }
  /* After its end the thread does something else. */
  return thread->attempt.ended_ns ? NULL : &thread->attempt;
}

static __noinline int add_step(__u32 kind, __s32 value, __s64 detail) {
  struct causes_attempt *attempt = attempt_of(this_thread());
  if (!attempt) return 0;
  __u64 at = attempt->step_count;
  attempt->step_count = at + 1;
  if (at >= CAUSES_MAX_STEPS) at = CAUSES_MAX_STEPS - 1;
  barrier_var(at);
  struct causes_step *step = &attempt->steps[at & (CAUSES_MAX_STEPS - 1)];
  step->kind = kind;
  step->value = value;
  step->detail = detail;
  return 0;
}

/* A request that was submitted and did not punt. */
static __always_inline void send_inline(struct causes_thread *thread) {
  __u32 zero = 0;
  struct causes_record *record = bpf_map_lookup_elem(&scratch, &zero);
  if (!record) return;
  __u64 ids = bpf_get_current_pid_tgid();
  record->request = thread->request;
  record->punted_ns = 0;
  record->process = ids >> 32;
  record->thread = ids;
  record->inline_attempt = thread->attempt;
  send(record, __builtin_offsetof(struct causes_record, retry));
}

/* io_uring takes all requests of a link before it begins the first one: what was seen since the last belongs to the first. */
static __noinline int begin_head(__u64 address) {
  struct causes_thread *thread = this_thread();
  if (!thread || thread->head != address || thread->is_retry) return 0;
  if (every_request && thread->request) send_inline(thread);
  thread->request = address;
  thread->head = 0;
  thread->began_head = 1;
  return 1;
}

/* Something that names the request begins on this thread: true if it belongs to an attempt that is recorded. */
static __noinline int enter(__u64 address) {
  struct causes_thread *thread = this_thread();
  if (thread && thread->request == address && !thread->is_retry) return 1;
  if (begin_head(address)) return 1;
  struct causes_record *record = bpf_map_lookup_elem(&punts, &address);
  if (!record) return 0;
  if (!thread) {
    __u32 id = bpf_get_current_pid_tgid();
    bpf_map_update_elem(&threads, &id, &no_thread, BPF_ANY);
    thread = bpf_map_lookup_elem(&threads, &id);
    if (!thread) return 0;
  }
  if (!record->retry.began_ns) record->retry.began_ns = bpf_ktime_get_ns();
  thread->request = address;
  thread->is_retry = 1;
  thread->nested = 0;
  return 1;
}

static __noinline int enter_write(struct kiocb *iocb) {
  struct causes_thread *thread;
  if (!enter((__u64)iocb)) {
    thread = this_thread();
    if (thread && thread->request) thread->nested += 1;
    return 0;
  }
  struct causes_attempt *attempt = attempt_of(this_thread());
  if (!attempt) return 0;
  /* What came before belongs to io_uring, not to the filesystem. */
  attempt->step_count = 0;
  attempt->entered = 1;
  read_state(&attempt->state, BPF_CORE_READ(iocb, ki_filp), CAUSES_AT_ENTRY);
  return 0;
}

static __noinline int leave_write(__s64 result) {
  struct causes_thread *thread = this_thread();
  if (!thread || !thread->request) return 0;
  if (thread->nested) {
    thread->nested -= 1;
    return 0;
  }
  struct causes_attempt *attempt = attempt_of(thread);
  if (!attempt || !attempt->entered) return 0;
  attempt->result = result;
  attempt->ended_ns = bpf_ktime_get_ns();
  if (!thread->is_retry) return 0;
  __u64 address = thread->request;
  thread->request = 0;
  struct causes_record *record = bpf_map_lookup_elem(&punts, &address);
  /* Where completions do not name a request, nothing more will be seen of it. */
  if (!record || (!record->completed && !ring_comes_first)) return 0;
  send(record, sizeof *record);
  bpf_map_delete_elem(&punts, &address);
  return 0;
}
