#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/file_descriptor.h"

namespace puntbench {

// A file of structures that nobody writes to any more, in the order in which they are needed. The kernel reads them in
// when they are touched; those that were passed are let go, so that their number does not decide the memory.
template <class T>
class MappedStructures {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  MappedStructures() = default;
  MappedStructures(MappedStructures&& other) noexcept : all_(std::exchange(other.all_, {})) {}
  MappedStructures& operator=(MappedStructures&& other) noexcept {
    std::swap(all_, other.all_);
    return *this;
  }
  ~MappedStructures() {
    if (!all_.empty()) munmap(address(), all_.size_bytes());
  }

  // 0 or a negative errno; -EINVAL: the last structure is cut off.
  int open(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat found;
    if (!file.valid() || fstat(file.get(), &found) != 0) return -errno;
    const auto bytes = static_cast<size_t>(found.st_size);
    if (bytes % sizeof(T) != 0) return -EINVAL;
    if (bytes == 0) return 0;
    void* memory = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED) return -errno;
    all_ = {static_cast<const T*>(memory), bytes / sizeof(T)};
    return 0;
  }

  std::span<const T> view() const noexcept { return all_; }

  // Now and then lets go of what stands before this one. It can still be read.
  void passed(size_t index) const noexcept {
    if (index % kStep == 0 && index > 0) let_go((index - kStep) * sizeof(T), kStep * sizeof(T));
  }
  // Looks at all of them once.
  template <class Look>
  void each(Look&& look) const {
    for (size_t index = 0; index < all_.size(); ++index) {
      look(all_[index]);
      passed(index);
    }
    let_go(0, all_.size_bytes());
  }

 private:
  static constexpr size_t kStep = 1 << 16;  // whole pages, whatever the size of a structure

  void* address() const noexcept { return const_cast<T*>(all_.data()); }
  void let_go(size_t from, size_t bytes) const noexcept {
    if (!all_.empty()) madvise(static_cast<char*>(address()) + from, bytes, MADV_DONTNEED);
  }

  std::span<const T> all_;
};

}  // namespace puntbench
