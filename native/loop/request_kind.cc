#include "loop/request_kind.h"

#include "base/named.h"

namespace puntbench {
namespace {

constexpr Named<Operation> kOperations[] = {
    {"write", Operation::kWrite}, {"read", Operation::kRead},           {"readwrite", Operation::kReadWrite},
    {"fsync", Operation::kFsync}, {"fallocate", Operation::kFallocate}, {"openat", Operation::kOpenat},
    {"statx", Operation::kStatx},
};
constexpr Named<Io> kIos[] = {{"direct", Io::kDirect}, {"buffered", Io::kBuffered}, {"uncached", Io::kUncached}};
constexpr Named<Durability> kDurabilities[] = {
    {"none", Durability::kNone},
    {"o_dsync", Durability::kODsync},
    {"rwf_dsync", Durability::kRwfDsync},
    {"linked-fdatasync", Durability::kLinkedFdatasync},
    {"group-fdatasync", Durability::kGroupFdatasync},
    {"group-fsync", Durability::kGroupFsync},
};

}  // namespace

std::optional<Operation> operation_named(std::string_view name) { return value_named(name, kOperations); }
std::optional<Io> io_named(std::string_view name) { return value_named(name, kIos); }
std::optional<Durability> durability_named(std::string_view name) { return value_named(name, kDurabilities); }

bool RequestKind::reads(uint64_t n, uint64_t seed) const noexcept {
  if (operation != Operation::kReadWrite) return operation == Operation::kRead;
  // A multiplicative hash (Knuth, The Art of Computer Programming, volume 3, 6.4): no pattern in the order of blocks.
  const uint64_t mixed = (n + seed) * 0x9e3779b97f4a7c15;
  return (mixed >> 33) % 100 < read_percent;
}

}  // namespace puntbench
