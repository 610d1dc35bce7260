#pragma once

#include "addon/values.h"
#include "loop/replay.h"

namespace puntbench {

// `ReplayRequest` of native/replay.ts.
ReplayPlan to_replay_plan(const Napi::Object& from);

}  // namespace puntbench
