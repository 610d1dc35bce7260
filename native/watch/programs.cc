#include "watch/programs.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace puntbench {
namespace {

struct Candidate {
  const char* program;
  const char* tracepoint;
  int arguments;
  const char* function = nullptr;  // of the kernel, that the program calls
};

// include/trace/events/io_uring.h of the kernels in question.
constexpr Candidate kSubmission[] = {
    {"submit_req", "io_uring_submit_req", 1, "bpf_rdonly_cast"},
    {"submit_sqe", "io_uring_submit_sqe", 2},
    {"submit_sqe_5_10", "io_uring_submit_sqe", 7},
};
constexpr Candidate kHandOver[] = {
    {"queue_async_work", "io_uring_queue_async_work", 2},
    {"queue_async_work_5_10", "io_uring_queue_async_work", 5},
};
constexpr Candidate kCompletion[] = {
    {"complete", "io_uring_complete", 3, "bpf_rdonly_cast"},
    {"complete_6_2", "io_uring_complete", 7, "bpf_rdonly_cast"},
    {"complete_6_0", "io_uring_complete", 7},
    {"complete_5_10", "io_uring_complete", 4},
};
constexpr Candidate kSwitch[] = {
    {"sched_switch", "sched_switch", 3, "bpf_task_pt_regs"},
    {"sched_switch", "sched_switch", 4, "bpf_task_pt_regs"},
};
// Their first arguments are the same in all kernels. With every process they have nothing to do.
constexpr const char* kFollowing[] = {"process_fork", "process_exec", "process_exit"};

const Candidate* fitting(std::span<const Candidate> candidates, const btf* types) {
  for (const Candidate& candidate : candidates) {
    if (tracepoint_arguments(types, candidate.tracepoint) != candidate.arguments) continue;
    const char* function = candidate.function;
    if (function == nullptr || btf__find_by_name_kind(types, function, BTF_KIND_FUNC) > 0) return &candidate;
  }
  return nullptr;
}

}  // namespace

int choose_programs(bpf_object* object, bool everything, ChosenPrograms& chosen, std::string& message) {
  const std::unique_ptr<btf, BpfClose> types(btf__load_vmlinux_btf());
  if (!types) return -errno;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
  const auto load = [&](const Candidate* candidate) {
    if (candidate == nullptr) return false;
    return bpf_program__set_autoload(bpf_object__find_program_by_name(object, candidate->program), true) == 0;
  };
  for (const std::span<const Candidate> event : {std::span(kSubmission).subspan(0), std::span(kHandOver).subspan(0),
                                                 std::span(kCompletion).subspan(0)}) {
    const Candidate* fits = fitting(event, types.get());
    if (!load(fits)) {
      message = std::string("this kernel's tracepoint ") + event[0].tracepoint + " is missing or has unknown arguments";
      return -ENOENT;
    }
    if (event.data() == kCompletion) chosen.name_requests = strcmp(fits->program, "complete_5_10") != 0;
  }
  for (const char* name : kFollowing) {
    bpf_program__set_autoload(bpf_object__find_program_by_name(object, name), !everything);
  }
  chosen.see_stalls = load(fitting(kSwitch, types.get()));
  return 0;
}

}  // namespace puntbench
