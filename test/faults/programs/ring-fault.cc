// A library for LD_PRELOAD: once, the ring of a program fails to hand over writes as it should.
//
//   PUNTBENCH_RING_FAULT="FAULT N REPORT"
//
// FAULT is `partial` (the kernel takes half of the requests), `short` (the kernel writes half of one request), or the
// number of an errno that the submission returns. It strikes at the N-th submission of writes; REPORT is then made,
// so that a case that tested nothing is known. An errno that says "not now" comes three times.

#include <dlfcn.h>
#include <fcntl.h>
#include <liburing.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

struct Plan {
  std::string fault;
  unsigned nth = 0;
  std::string report;

  Plan() {
    const char* text = getenv("PUNTBENCH_RING_FAULT");
    if (text != nullptr) std::istringstream(text) >> fault >> nth >> report;
  }
};

const Plan& plan() {
  static const Plan read;
  return read;
}

std::atomic<unsigned> submissions{0};

io_uring_sqe& first_of(io_uring* ring) { return ring->sq.sqes[ring->sq.sqe_head & ring->sq.ring_mask]; }

// Other rings than the trial's issue NOPs.
bool strikes(io_uring* ring, unsigned times) {
  if (ring->sq.sqe_tail == ring->sq.sqe_head || first_of(ring).opcode == IORING_OP_NOP) return false;
  const unsigned n = ++submissions;
  if (n < plan().nth || n >= plan().nth + times) return false;
  close(open(plan().report.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  return true;
}

}  // namespace

extern "C" int io_uring_submit_and_get_events(io_uring* ring) {
  using Submit = int (*)(io_uring*);
  // Node loads liburing with the addon, so RTLD_NEXT does not find it.
  static void* const liburing = dlopen("liburing.so.2", RTLD_NOW);
  static const auto real = reinterpret_cast<Submit>(dlsym(liburing, "io_uring_submit_and_get_events"));
  if (plan().nth == 0) return real(ring);
  const int error = std::atoi(plan().fault.c_str());
  if (!strikes(ring, error == EAGAIN ? 3 : 1)) return real(ring);
  if (error != 0) return -error;
  if (plan().fault == "short") {
    first_of(ring).len /= 2;
    return real(ring);
  }
  const unsigned tail = ring->sq.sqe_tail;
  ring->sq.sqe_tail -= (tail - ring->sq.sqe_head + 1) / 2;
  const int taken = real(ring);
  ring->sq.sqe_tail = tail;
  return taken;
}
