#pragma once

#include <fcntl.h>

#include <string>

#include "base/file_descriptor.h"

namespace puntbench {

// Whole content of a small kernel file (/proc, tracefs), relative to `directory_fd`; empty when unreadable.
inline std::string read_small_file(int directory_fd, const char* path) {
  FileDescriptor file(openat(directory_fd, path, O_RDONLY | O_CLOEXEC));
  std::string content;
  if (!file.valid()) return content;
  char chunk[4096];
  for (ssize_t n; (n = read(file.get(), chunk, sizeof chunk)) > 0;) {
    content.append(chunk, static_cast<size_t>(n));
  }
  return content;
}

}  // namespace puntbench
