/* The kernel's structures that only record reads, with only the members that it reads. */
#pragma once

#include "kernel_types.h"

struct inode___state {
  __u16 i_mode;
  long long i_size;
  unsigned long long i_blocks;
} KERNEL_TYPE;
struct file___record {
  unsigned int f_flags;
  long long f_pos;
} KERNEL_TYPE;
struct kiocb {
  long long ki_pos;
} KERNEL_TYPE;
/* Commands of requests. A request begins with its command. */
struct io_rw {
  struct kiocb kiocb;
  __u32 len;
  __u32 flags;
} KERNEL_TYPE;
struct io_sync {
  long long len;
  long long off;
  int flags;
  int mode;
} KERNEL_TYPE;
struct io_ring_ctx___flags {
  __u32 flags;
} KERNEL_TYPE;
struct fdtable {
  unsigned int max_fds;
  struct file **fd;
} KERNEL_TYPE;
struct files_struct {
  struct fdtable *fdt;
} KERNEL_TYPE;

/*
 * The first bytes of a structure, read at once: each read of the kernel's memory is a call of a helper, and a request
 * needs a dozen members. The structures that are read so are longer than this on every kernel.
 */
struct beginning {
  unsigned char bytes[128];
} __attribute__((aligned(8)));

static __always_inline void copy_beginning(struct beginning *into, const void *from) {
  if (bpf_probe_read_kernel(into, sizeof *into, from)) __builtin_memset(into, 0, sizeof *into);
}

/* A member from such a copy of the structure at `from`; one that stands further behind is read by itself. */
#define COPIED(copy, from, type, member, kind)                                      \
  ({                                                                                \
    kind value = 0;                                                                 \
    const __u32 at = bpf_core_field_offset(type, member);                           \
    if (at + sizeof value <= sizeof(copy).bytes) value = *(kind *)((copy).bytes + at); \
    else bpf_probe_read_kernel(&value, sizeof value, (const char *)(from) + at);     \
    value;                                                                          \
  })
