#pragma once

#include "addon/values.h"
#include "loop/replay.h"
#include "loop/trial.h"

namespace puntbench {

// What a trial measured; `DriverMeasurement` in native/index.ts.
Napi::Object to_object(Napi::Env env, const TrialMeasurement& measurement);
// What a replay measured; `ReplayOutcome` in native/replay.ts.
Napi::Object to_object(Napi::Env env, const ReplayMeasurement& measurement);

}  // namespace puntbench
