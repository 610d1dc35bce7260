#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/mapped_structures.h"
#include "loop/ring.h"

namespace puntbench {

// A request of one ring of a recording. native/replay.ts writes this layout.
struct ReplayRequest {
  uint64_t due_ns = 0;        // since the replay began
  uint64_t offset = 0;        // ~0: the file's position
  uint32_t length = 0;        // bytes
  uint32_t file = 0;          // index into the plan's files
  uint32_t op_flags = 0;      // RWF_*, of an fsync its flags, of a fallocate its mode
  uint32_t calls_before = 0;  // system calls that had returned when it was submitted
  uint32_t depth = 0;         // requests of its ring that were under way then, with this one
  uint8_t operation = 0;      // IORING_OP_*
  uint8_t sqe_flags = 0;      // IOSQE_*
  uint16_t padding = 0;
};
static_assert(sizeof(ReplayRequest) == 40);

enum class ReplayCallKind : uint32_t { kWrite, kFsync, kFdatasync, kFtruncate, kFallocate, kDropCache };

// A system call of a recording that changed a file.
struct ReplayCall {
  uint64_t due_ns = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
  uint64_t completed_before = 0;  // requests of all rings that had completed when it returned
  uint32_t file = 0;
  uint32_t flags = 0;  // mode of a fallocate
  ReplayCallKind kind = ReplayCallKind::kWrite;
  uint32_t padding = 0;
};
static_assert(sizeof(ReplayCall) == 48);

struct ReplayFile {
  std::string path;
  int open_flags = 0;
};

struct ReplayRing {
  RingMode mode = RingMode::kBest;
  MappedStructures<ReplayRequest> requests;  // in the order of their submission
};

struct ReplayPlan {
  std::vector<ReplayFile> files;
  std::vector<ReplayRing> rings;
  MappedStructures<ReplayCall> calls;
  bool paced = false;         // each request has its due moment; else it follows those that it followed
  uint32_t iowq_workers = 0;  // most bounded io-wq workers of a ring; 0: as many as the kernel allows
};

}  // namespace puntbench
