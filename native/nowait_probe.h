#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "nowait_oracles.h"
#include "preparation.h"
#include "status.h"

namespace puntbench {

struct NowaitRequest {
  std::string path;  // start of the names of the probe's files, which it creates and removes
  Preparation preparation = Preparation::kNoFallocate;
  uint32_t block_bytes = 4096;
  uint32_t rounds = 2;
  uint64_t gap_ns = 20'000'000;  // longer than the slowest clock tick, 10 ms at HZ=100
};

// Answers of one oracle: 0 would be issued inline, else a negative errno.
struct NowaitAnswers {
  Status unavailable;      // not ok: the oracle could not be opened, and there are no answers
  // Within the clock tick of the file's last timestamp update. The tick may end in between, so a refused
  // one is repeated: kFreshAttempts a round at most.
  std::vector<int> fresh;
  std::vector<int> later;  // one a round: after a gap, when the timestamp is due again
};

constexpr uint32_t kFreshAttempts = 3;

using NowaitReport = std::array<NowaitAnswers, kOracles>;

// Prepares a file for each oracle and asks it about fresh blocks, one after the other from the start of
// the file, as the bench writes them; of writes smaller than the filesystem's block, about the first in it.
// A refused block is written blocking before the next one is asked about, as an io-wq worker would do. The
// first block is written unasked: on ext4 the first write after the kernel loads an inode is refused
// whatever its preparation (!IS_NOSEC in ext4_dio_write_checks).
// -EOPNOTSUPP from "fallocate": the filesystem lacks this preparation.
Status probe_nowait(const NowaitRequest& request, NowaitReport& report);

}  // namespace puntbench
