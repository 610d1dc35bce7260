#include "files/direct_io.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/aligned_buffer.h"
#include "base/file_descriptor.h"

#ifndef STATX_DIOALIGN
#define STATX_DIOALIGN 0x00002000U
#endif

namespace puntbench {
namespace {

// Kernel ABI of struct statx up to the fields of Linux 6.1. It does not depend on the installed headers.
struct StatxDirectIo {
  uint32_t mask;
  uint8_t before[0x98 - 4];
  uint32_t dio_mem_align;
  uint32_t dio_offset_align;
  uint8_t after[0x100 - 0xa0];
};
static_assert(sizeof(StatxDirectIo) == 0x100);

Status try_sizes(int fd, DirectIoAlignment& alignment) {
  constexpr uint32_t kLargest = 65536;
  AlignedBuffer buffer;
  if (!buffer.allocate(kLargest)) return {-ENOMEM, "mmap"};
  for (uint32_t size = 512; size <= kLargest; size *= 2) {
    // Size and offset are both `size`: an offset of 0 would satisfy any alignment.
    if (pwrite(fd, buffer.data(), size, size) == static_cast<ssize_t>(size)) {
      alignment = {size, size, false};
      return {};
    }
    if (errno != EINVAL) return Status::last_errno("pwrite");
  }
  return {-EINVAL, "pwrite"};
}

}  // namespace

bool ask_statx(int fd, DirectIoAlignment& alignment) {
  StatxDirectIo answer{};
  if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &answer) != 0) return false;
  if (!(answer.mask & STATX_DIOALIGN) || answer.dio_offset_align == 0) return false;
  alignment = {answer.dio_mem_align, answer.dio_offset_align, true};
  return true;
}

Status query_direct_io_alignment(const char* probe_path, DirectIoAlignment& alignment) {
  FileDescriptor file(open(probe_path, O_CREAT | O_EXCL | O_RDWR | O_DIRECT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) {
    const Status status = Status::last_errno("open O_DIRECT");
    // open(2) may have created the file before the filesystem refused O_DIRECT.
    if (status.error == -EINVAL) unlink(probe_path);
    return status;
  }
  const Status status = ask_statx(file.get(), alignment) ? Status{} : try_sizes(file.get(), alignment);
  unlink(probe_path);
  return status;
}

}  // namespace puntbench
