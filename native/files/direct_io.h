#pragma once

#include <cstdint>

#include "base/status.h"

namespace puntbench {

// Alignment that O_DIRECT requires of memory and file offsets, in bytes.
struct DirectIoAlignment {
  uint32_t memory = 0;
  uint32_t offset = 0;
  bool from_statx = false;  // from STATX_DIOALIGN (Linux 6.1); else found by trying
};

// What the filesystem declares for an open file. False before Linux 6.1 and where O_DIRECT is impossible.
bool ask_statx(int fd, DirectIoAlignment& alignment);

// Creates, uses and removes `probe_path`. -EINVAL or -EOPNOTSUPP: the filesystem cannot do O_DIRECT.
Status query_direct_io_alignment(const char* probe_path, DirectIoAlignment& alignment);

}  // namespace puntbench
