#pragma once

#include <fcntl.h>
#include <linux/fs.h>

#include <cstdint>
#include <optional>
#include <string_view>

// Linux 6.14; older headers do not define it.
#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080
#endif

namespace puntbench {

enum class Operation { kWrite, kRead, kReadWrite, kFsync, kFallocate, kOpenat, kStatx };
enum class Io { kDirect, kBuffered, kUncached };
enum class Durability { kNone, kODsync, kRwfDsync, kLinkedFdatasync, kGroupFdatasync, kGroupFsync };

// The values of these names (results/vocabulary.ts); empty for an unknown one.
std::optional<Operation> operation_named(std::string_view name);
std::optional<Io> io_named(std::string_view name);
std::optional<Durability> durability_named(std::string_view name);

// Every descriptor that an openat of a trial makes is closed again, so the flags only have to open the file.
constexpr int kOpenatFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;

// What each request of a stream is. The default is a plain O_DIRECT write.
struct RequestKind {
  Operation operation = Operation::kWrite;
  uint32_t read_percent = 0;  // kReadWrite only
  Io io = Io::kDirect;
  Durability durability = Durability::kNone;
  uint32_t group_writes = 0;  // kGroupFdatasync, kGroupFsync: a sync follows each group of so many writes
  bool vectored = false;      // readv and writev with one buffer
  bool fixed_files = false;   // io_uring only: IOSQE_FIXED_FILE

  int open_flags() const noexcept {
    return (io == Io::kDirect ? O_DIRECT : 0) | (durability == Durability::kODsync ? O_DSYNC : 0);
  }

  int rw_flags(bool read) const noexcept {
    return (io == Io::kUncached ? RWF_DONTCACHE : 0) | (durability == Durability::kRwfDsync && !read ? RWF_DSYNC : 0);
  }

  bool moves_data() const noexcept { return operation <= Operation::kReadWrite; }
  bool names_path() const noexcept { return operation >= Operation::kOpenat; }

  // Whether the n-th request reads. The same for the same seed.
  bool reads(uint64_t n, uint64_t seed) const noexcept;

  // io_uring only: an IORING_OP_FSYNC is linked behind each write.
  bool linked(bool read) const noexcept { return durability == Durability::kLinkedFdatasync && !read; }

  // Of the syncs beside: whether they write all metadata too, as fsync(2) does.
  bool syncs_metadata() const noexcept { return durability == Durability::kGroupFsync; }

  // Whether requests for an fsync come beside those of the stream.
  bool syncs_beside() const noexcept { return durability >= Durability::kLinkedFdatasync; }
};

}  // namespace puntbench
