#include "probe/nowait_probe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <numeric>

#include "base/aligned_buffer.h"
#include "base/clock.h"
#include "base/file_descriptor.h"

namespace puntbench {
namespace {

// The file of one oracle. The destructor removes it.
class ProbeFile {
 public:
  ~ProbeFile() {
    if (file_.valid()) unlink(path_.c_str());
  }

  Status create(const NowaitRequest& request, size_t index) {
    path_ = request.path + "-" + std::to_string(index);
    file_ = FileDescriptor(open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_DIRECT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_.valid()) return Status::last_errno("open O_DIRECT");
    block_bytes_ = request.block_bytes;
    struct statvfs filesystem;
    if (fstatvfs(file_.get(), &filesystem) != 0) return Status::last_errno("fstatvfs");
    filesystem_block_bytes_ = filesystem.f_bsize;
    if (!buffer_.allocate(block_bytes_)) return {-ENOMEM, "mmap"};
    std::memset(buffer_.data(), 0x5a, block_bytes_);
    // The first block, which is written without NOWAIT; the blocks of the NOWAIT writes; and one more, so that
    // no write reaches the end of the file.
    const uint64_t step = std::lcm<uint64_t>(block_bytes_, filesystem_block_bytes_);
    const uint64_t size = ((kFreshAttempts + 1) * uint64_t{request.rounds} + 2) * step;
    const std::atomic<bool> never{false};
    uint64_t bytes_written = 0;
    Status status = prepare_file(file_.get(), request.preparation, size, never, bytes_written);
    if (status.ok() && fsync(file_.get()) != 0) status = Status::last_errno("fsync");
    return status.ok() ? reach_fresh_block() : status;
  }

  // Sets the inode's timestamps to the current tick first, so that the write need not update them.
  Status ask_fresh(NowaitOracle& oracle, std::vector<int>& answers) {
    for (uint32_t attempt = 0; attempt < kFreshAttempts; ++attempt) {
      if (futimens(file_.get(), nullptr) != 0) return Status::last_errno("futimens");
      if (Status status = ask(oracle, answers); !status.ok()) return status;
      if (answers.back() == 0) return {};
    }
    return {};
  }

  Status ask(NowaitOracle& oracle, std::vector<int>& answers) {
    const int result = oracle.write(file_.get(), buffer_.data(), block_bytes_, offset_);
    if (result == static_cast<int>(block_bytes_)) {
      offset_ += block_bytes_;
      answers.push_back(0);
      return offset_ % filesystem_block_bytes_ == 0 ? Status{} : reach_fresh_block();
    }
    // A short write: the kernel would punt the rest of the block.
    answers.push_back(result >= 0 ? -EAGAIN : result);
    return reach_fresh_block();
  }

 private:
  // Writes blocks, waiting for each, up to the next block of the filesystem: the first write to such a block
  // changes its state for the later ones.
  Status reach_fresh_block() noexcept {
    Status status;
    do {
      status = write_blocking();
    } while (status.ok() && offset_ % filesystem_block_bytes_ != 0);
    return status;
  }

  Status write_blocking() noexcept {
    const ssize_t n = pwrite(file_.get(), buffer_.data(), block_bytes_, static_cast<off_t>(offset_));
    if (n != static_cast<ssize_t>(block_bytes_)) return n < 0 ? Status::last_errno("pwrite") : Status{-EIO, "pwrite"};
    offset_ += block_bytes_;
    return {};
  }

  std::string path_;
  FileDescriptor file_;
  AlignedBuffer buffer_;
  uint32_t block_bytes_ = 0;
  uint64_t filesystem_block_bytes_ = 1;
  uint64_t offset_ = 0;
};

}  // namespace

Status probe_nowait(const NowaitRequest& request, NowaitReport& report) {
  std::array<std::unique_ptr<NowaitOracle>, kOracles> oracles;
  std::array<ProbeFile, kOracles> files;
  for (size_t i = 0; i < kOracles; ++i) {
    oracles[i] = make_nowait_oracle(static_cast<Oracle>(i));
    report[i].unavailable = oracles[i]->open();
    if (!report[i].unavailable.ok()) continue;
    if (Status status = files[i].create(request, i); !status.ok()) return status;
  }
  for (uint32_t round = 0; round < request.rounds; ++round) {
    for (size_t i = 0; i < kOracles; ++i) {
      if (!report[i].unavailable.ok()) continue;
      if (Status status = files[i].ask_fresh(*oracles[i], report[i].fresh); !status.ok()) return status;
    }
    sleep_ns(request.gap_ns);
    for (size_t i = 0; i < kOracles; ++i) {
      if (!report[i].unavailable.ok()) continue;
      if (Status status = files[i].ask(*oracles[i], report[i].later); !status.ok()) return status;
    }
  }
  return {};
}

}  // namespace puntbench
