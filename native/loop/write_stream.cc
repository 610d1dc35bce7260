#include "loop/write_stream.h"

#include <algorithm>

namespace puntbench {

void WriteRecord::add(const WriteRecord& other) {
  const auto join = [](std::vector<uint64_t>& all, uint64_t used, const std::vector<uint64_t>& more, uint64_t count) {
    if (all.empty() && more.empty()) return;
    all.resize(used);
    all.insert(all.end(), more.begin(), more.begin() + static_cast<long>(count));
  };
  join(latency_ns, recorded, other.latency_ns, other.recorded);
  join(issue_delay_ns, recorded, other.issue_delay_ns, other.recorded);
  join(submit_call_ns, std::min<uint64_t>(submit_calls, submit_call_ns.size()), other.submit_call_ns,
       std::min<uint64_t>(other.submit_calls, other.submit_call_ns.size()));
  recorded += other.recorded;
  completed += other.completed;
  bytes += other.bytes;
  issued += other.issued;
  wall_ns = std::max(wall_ns, other.wall_ns);
  submit_ns += other.submit_ns;
  wait_ns += other.wait_ns;
  submit_calls += other.submit_calls;
  wait_calls += other.wait_calls;
  if (first_error == 0) {
    first_error = other.first_error;
    short_write = other.short_write;
  }
  failed += other.failed;
  ramp_ns = std::max(ramp_ns, other.ramp_ns);
  ramp_writes += other.ramp_writes;
}

}  // namespace puntbench
