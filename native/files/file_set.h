#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/status.h"
#include "files/extents.h"

namespace puntbench {

struct FileSetPlan {
  std::string path;  // of the first file; the others are path.1, path.2, ...
  uint32_t files = 1;
  uint64_t bytes_each = 0;
  dev_t device = 0;  // a block device: its node takes the place of the file
  bool existing = false;  // opens files that exist, and does not remove them
  bool keep = false;      // for tests that read back what was written
};

// The files of a trial. Removes those that it created on every way out.
class FileSet {
 public:
  explicit FileSet(FileSetPlan plan) : plan_(std::move(plan)) {}
  FileSet(const FileSet&) = delete;
  FileSet& operator=(const FileSet&) = delete;
  ~FileSet();

  Status create();
  // The files are created with O_DIRECT; the requests may use them in another way. `cold`: the kernel loads their inodes
  // anew. For that it drops every cache that it has (drop_caches), so it is for machines that do nothing else.
  Status reopen(int flags, bool cold);

  // Reads every file through the page cache, so that its pages are there, clean.
  Status fill_page_cache() const;

  uint64_t bytes_each() const noexcept { return plan_.bytes_each; }
  std::string path(size_t i) const { return i == 0 ? plan_.path : plan_.path + '.' + std::to_string(i); }
  // For requests that name a file: its folder, and its name there. The path itself may lead through /proc/self/fd, and a
  // link of /proc cannot be followed without blocking (proc_pid_get_link in RCU mode): each openat would punt.
  int folder() const noexcept { return folder_.get(); }
  std::string name(size_t i) const;
  std::vector<int> fds() const;
  // The sum over all files; empty on a filesystem without FIEMAP.
  std::optional<ExtentState> extents() const;

 private:
  const FileSetPlan plan_;
  std::vector<FileDescriptor> files_;
  FileDescriptor folder_;
};

}  // namespace puntbench
