/* System calls that change the state of a regular file, seen where they return: their arguments are in the registers. */
#pragma once

#include <asm/unistd.h>

/* The registers at the entry of a system call are those of the program, whose layout is part of the ABI. */
#define REGISTER(regs, name)                                        \
  ({                                                                \
    __u64 value = 0;                                                \
    bpf_probe_read_kernel(&value, sizeof value, &(regs)->name);     \
    value;                                                          \
  })
#if defined(__TARGET_ARCH_x86)
#define CALL_NUMBER(regs) REGISTER(regs, orig_rax)
#define ARGUMENT_1(regs) REGISTER(regs, rdi)
#define ARGUMENT_2(regs) REGISTER(regs, rsi)
#define ARGUMENT_3(regs) REGISTER(regs, rdx)
#define ARGUMENT_4(regs) REGISTER(regs, r10)
#else
#error "record knows the registers of x86-64 only"
#endif

#define IS_REGULAR(mode) (((mode)&0170000) == 0100000)

static __always_inline struct file *file_of(__u32 descriptor) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct fdtable *table = BPF_CORE_READ(task, files, fdt);
  if (descriptor >= BPF_CORE_READ(table, max_fds)) return NULL;
  struct file **files = BPF_CORE_READ(table, fd);
  struct file *file = NULL;
  bpf_probe_read_kernel(&file, sizeof file, files + descriptor);
  return file;
}

struct call {
  __u32 kind;
  __u32 flags;
  __u64 offset;
  __u64 length;
  bool at_position; /* it ended at the file's position */
};

static __always_inline int send_call(const struct call *call, __u32 descriptor, long result) {
  struct file *file = file_of(descriptor);
  if (!file) return 0;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  struct inode___state *state = (void *)inode;
  if (!IS_REGULAR(BPF_CORE_READ(state, i_mode))) return 0;
  struct record_call *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return lose();
  __u64 ids = bpf_get_current_pid_tgid();
  event->kind = RECORD_CALL;
  event->at_ns = bpf_ktime_get_ns();
  event->thread = ids;
  event->process = ids >> 32;
  event->inode = BPF_CORE_READ(inode, i_ino);
  event->device = BPF_CORE_READ(inode, i_sb, s_dev);
  event->size_after = BPF_CORE_READ(state, i_size);
  /* Blocks beyond the size (FALLOC_FL_KEEP_SIZE): the file is not empty. */
  if (!event->size_after && BPF_CORE_READ(state, i_blocks)) event->size_after = -1;
  event->call = call->kind;
  event->flags = call->flags;
  event->file_flags = BPF_CORE_READ((struct file___record *)file, f_flags);
  event->length = call->length;
  event->offset = call->offset;
  if (call->at_position) {
    struct file___record *at = (void *)file;
    event->offset = BPF_CORE_READ(at, f_pos) - (result > 0 ? result : 0);
  }
  event->result = result;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

static __always_inline int send_path(__u32 kind, const void *path, struct file *file) {
  struct record_path *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  if (!event) return lose();
  __u64 ids = bpf_get_current_pid_tgid();
  event->kind = RECORD_PATH;
  event->at_ns = bpf_ktime_get_ns();
  event->thread = ids;
  event->process = ids >> 32;
  event->call = kind;
  event->inode = file ? BPF_CORE_READ(file, f_inode, i_ino) : 0;
  event->device = file ? BPF_CORE_READ(file, f_inode, i_sb, s_dev) : 0;
  if (bpf_probe_read_user_str(event->path, sizeof event->path, path) < 0) event->path[0] = 0;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

#define OPEN_MAY_CHANGE (1 | 2 | 0100 | 01000) /* O_WRONLY, O_RDWR, O_CREAT, O_TRUNC */

static __always_inline int opened(long descriptor, const void *path, __u32 flags) {
  if (!(flags & OPEN_MAY_CHANGE)) return 0;
  struct file *file = file_of(descriptor);
  struct inode___state *inode = file ? (void *)BPF_CORE_READ(file, f_inode) : NULL;
  if (!inode || !IS_REGULAR(BPF_CORE_READ(inode, i_mode))) return 0;
  const struct call call = {.kind = RECORD_OPEN, .flags = flags};
  send_call(&call, descriptor, 0);
  return send_path(RECORD_OPEN, path, file);
}

static __always_inline int returned(struct pt_regs *regs, long result) {
  if (result < 0) return 0;
  struct call call = {};
  switch (CALL_NUMBER(regs)) {
    case __NR_open:
      return opened(result, (void *)ARGUMENT_1(regs), ARGUMENT_2(regs));
    case __NR_openat:
      return opened(result, (void *)ARGUMENT_2(regs), ARGUMENT_3(regs));
    case __NR_write:
    case __NR_writev:
      call.kind = RECORD_WRITE;
      call.length = result;
      call.at_position = true;
      break;
    case __NR_pwrite64:
    case __NR_pwritev:
    case __NR_pwritev2:
      call.kind = RECORD_WRITE;
      call.length = result;
      call.offset = ARGUMENT_4(regs);
      break;
    case __NR_fsync:
      call.kind = RECORD_FSYNC;
      break;
    case __NR_fdatasync:
      call.kind = RECORD_FDATASYNC;
      break;
    case __NR_ftruncate:
      call.kind = RECORD_FTRUNCATE;
      call.offset = ARGUMENT_2(regs);
      break;
    case __NR_fallocate:
      call.kind = RECORD_FALLOCATE;
      call.flags = ARGUMENT_2(regs);
      call.offset = ARGUMENT_3(regs);
      call.length = ARGUMENT_4(regs);
      break;
    case __NR_fadvise64:
      if (ARGUMENT_4(regs) != 4 /* POSIX_FADV_DONTNEED */) return 0;
      call.kind = RECORD_DROP_CACHE;
      call.offset = ARGUMENT_2(regs);
      call.length = ARGUMENT_3(regs);
      break;
    case __NR_rename:
      return send_path(RECORD_RENAME, (void *)ARGUMENT_1(regs), NULL);
    case __NR_renameat:
    case __NR_renameat2:
      return send_path(RECORD_RENAME, (void *)ARGUMENT_2(regs), NULL);
    case __NR_unlink:
      return send_path(RECORD_UNLINK, (void *)ARGUMENT_1(regs), NULL);
    case __NR_unlinkat:
      return send_path(RECORD_UNLINK, (void *)ARGUMENT_2(regs), NULL);
    default:
      return 0;
  }
  return send_call(&call, ARGUMENT_1(regs), result);
}
