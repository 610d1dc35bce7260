#pragma once

#include <string>

#include "watch/loading.h"

namespace puntbench {

struct ChosenPrograms {
  bool name_requests = true;  // completions say which request they belong to
  bool see_stalls = true;     // the kernel lets them see where a thread is blocked
};

// Lets those BPF programs load that fit the arguments of this kernel's tracepoints, one for each event; with `everything`
// none that follow processes. Returns 0 or -errno and a message.
int choose_programs(bpf_object* object, bool everything, ChosenPrograms& chosen, std::string& message);

}  // namespace puntbench
