#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "probe/nowait_oracles.h"
#include "files/preparation.h"
#include "base/status.h"

namespace puntbench {

struct NowaitRequest {
  std::string path;  // prefix of the names of the probe's files; it creates and removes them
  Preparation preparation = Preparation::kNoFallocate;
  uint32_t block_bytes = 4096;
  uint32_t rounds = 2;
  uint64_t gap_ns = 20'000'000;  // longer than the slowest clock tick, 10 ms at HZ=100
};

// Answers of one oracle. 0: the write would be issued inline; else a negative errno.
struct NowaitAnswers {
  Status unavailable;      // not ok: the oracle could not be opened, so there are no answers
  // Writes in the same clock tick as the file's last timestamp update. The tick may end before the write, so a
  // refused write is repeated, up to kFreshAttempts times in each round.
  std::vector<int> fresh;
  std::vector<int> later;  // one in each round: after a gap, when the timestamp needs an update again
};

constexpr uint32_t kFreshAttempts = 3;

using NowaitReport = std::array<NowaitAnswers, kOracles>;

// Prepares a file for each oracle and tries one NOWAIT write to each fresh block in turn, from the start of the
// file, as the bench writes them. If writes are smaller than the filesystem's block, it tries the first in each.
// After a refusal it writes the block without NOWAIT, as an io-wq worker would do. The first block is always
// written without NOWAIT: on ext4, the kernel refuses the first write after it loads an inode, whatever the
// preparation (!IS_NOSEC in ext4_dio_write_checks).
// -EOPNOTSUPP from "fallocate": the filesystem lacks this preparation.
Status probe_nowait(const NowaitRequest& request, NowaitReport& report);

}  // namespace puntbench
