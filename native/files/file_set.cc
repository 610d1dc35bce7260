#include "files/file_set.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"

namespace puntbench {
namespace {

// An inode that was used just now survives the first times.
Status drop_caches() {
  for (int times = 0; times < 5; ++times) {
    sync();
    FileDescriptor file(open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), "3", 1) != 1) return Status::last_errno("drop_caches");
    sleep_ns(50'000'000);
  }
  return {};
}

}  // namespace

FileSet::~FileSet() {
  if (plan_.keep || plan_.existing) return;
  for (size_t i = 0; i < files_.size(); ++i) unlink(path(i).c_str());
}

Status FileSet::create() {
  const size_t slash = plan_.path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : plan_.path.substr(0, slash + 1);
  folder_ = FileDescriptor(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.valid()) return Status::last_errno("open O_PATH");
  const int creation = plan_.existing || plan_.device != 0 ? 0 : O_CREAT | O_EXCL;
  if (plan_.device != 0 && !plan_.existing) {
    if (mknod(plan_.path.c_str(), S_IFBLK | 0600, plan_.device) != 0) return Status::last_errno("mknod");
  }
  while (files_.size() < plan_.files) {
    FileDescriptor file(open(path(files_.size()).c_str(), creation | O_RDWR | O_DIRECT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) return Status::last_errno("open O_DIRECT");
    files_.push_back(std::move(file));
  }
  return plan_.bytes_each > 0 ? Status{} : Status{-EINVAL, "a file of its own for each slot"};
}

Status FileSet::reopen(int flags, bool cold) {
  if (flags == O_DIRECT && !cold) return {};
  if (cold) {
    for (FileDescriptor& file : files_) file = FileDescriptor();
    if (Status status = drop_caches(); !status.ok()) return status;
  }
  for (size_t i = 0; i < files_.size(); ++i) {
    files_[i] = FileDescriptor(open(path(i).c_str(), O_RDWR | flags | O_NOFOLLOW | O_CLOEXEC));
    if (!files_[i].valid()) return Status::last_errno("open");
  }
  return {};
}

Status FileSet::fill_page_cache() const {
  std::vector<char> buffer(1 << 20);
  for (size_t i = 0; i < files_.size(); ++i) {
    const FileDescriptor file(open(path(i).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.valid()) return Status::last_errno("open");
    uint64_t left = plan_.bytes_each;
    while (left > 0) {
      const ssize_t n = read(file.get(), buffer.data(), std::min<uint64_t>(buffer.size(), left));
      if (n < 0) return Status::last_errno("read");
      if (n == 0) break;
      left -= static_cast<uint64_t>(n);
    }
  }
  return {};
}

std::string FileSet::name(size_t i) const {
  const std::string whole = path(i);
  return whole.substr(whole.rfind('/') + 1);
}

std::vector<int> FileSet::fds() const {
  std::vector<int> fds;
  for (const FileDescriptor& file : files_) fds.push_back(file.get());
  return fds;
}

std::optional<ExtentState> FileSet::extents() const {
  ExtentState sum;
  for (const int fd : fds()) {
    ExtentState state;
    if (!read_extent_state(fd, state).ok()) return std::nullopt;
    sum += state;
  }
  return sum;
}

}  // namespace puntbench
