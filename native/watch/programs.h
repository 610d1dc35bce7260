#pragma once

#include <string>

#include "watch/loading.h"

namespace puntbench {

// Lets those BPF programs load that fit the arguments of this kernel's tracepoints, one for each event. Sets
// `names_requests` to false where completions do not name their request. Returns 0 or -errno and a message.
int choose_programs(bpf_object* object, bool& names_requests, std::string& message);

}  // namespace puntbench
