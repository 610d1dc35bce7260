#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace puntbench {

// Page-aligned, prefaulted memory for O_DIRECT.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer() {
    if (data_) munmap(data_, size_);
  }

  bool allocate(size_t bytes) noexcept {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return false;
    data_ = static_cast<uint8_t*>(memory);
    size_ = bytes;
    return true;
  }

  uint8_t* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace puntbench
