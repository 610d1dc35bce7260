#pragma once

#include "addon/values.h"
#include "loop/trial.h"

namespace puntbench {

// What a trial measured; `DriverMeasurement` in native/index.ts.
Napi::Object to_object(Napi::Env env, const TrialMeasurement& measurement);

}  // namespace puntbench
