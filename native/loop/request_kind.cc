#include "loop/request_kind.h"

namespace puntbench {

std::optional<Operation> operation_named(std::string_view name) {
  if (name == "write") return Operation::kWrite;
  if (name == "read") return Operation::kRead;
  if (name == "readwrite") return Operation::kReadWrite;
  if (name == "fsync") return Operation::kFsync;
  return std::nullopt;
}

std::optional<Io> io_named(std::string_view name) {
  if (name == "direct") return Io::kDirect;
  if (name == "buffered") return Io::kBuffered;
  if (name == "uncached") return Io::kUncached;
  return std::nullopt;
}

std::optional<Durability> durability_named(std::string_view name) {
  if (name == "none") return Durability::kNone;
  if (name == "o_dsync") return Durability::kODsync;
  if (name == "rwf_dsync") return Durability::kRwfDsync;
  if (name == "linked-fdatasync") return Durability::kLinkedFdatasync;
  return std::nullopt;
}

bool RequestKind::reads(uint64_t n, uint64_t seed) const noexcept {
  if (operation != Operation::kReadWrite) return operation == Operation::kRead;
  // A multiplicative hash (Knuth, The Art of Computer Programming, volume 3, 6.4): no pattern in the order of blocks.
  const uint64_t mixed = (n + seed) * 0x9e3779b97f4a7c15;
  return (mixed >> 33) % 100 < read_percent;
}

}  // namespace puntbench
