#pragma once

#include <cstdint>

#include "status.h"

namespace puntbench {

// What O_DIRECT asks of memory and file offsets, in bytes.
struct DirectIoAlignment {
  uint32_t memory = 0;
  uint32_t offset = 0;
  bool from_statx = false;  // STATX_DIOALIGN (Linux 6.1, ext4 and XFS first); else found by trying
};

// What the filesystem declares for an open file; false before Linux 6.1 and where O_DIRECT is impossible.
bool ask_statx(int fd, DirectIoAlignment& alignment);

// Creates, uses and removes `probe_path`. -EINVAL or -EOPNOTSUPP: the filesystem cannot do O_DIRECT.
Status query_direct_io_alignment(const char* probe_path, DirectIoAlignment& alignment);

}  // namespace puntbench
