#pragma once

#include <napi.h>

namespace puntbench {

// The class Record of the addon.
Napi::Function define_record(Napi::Env env);

}  // namespace puntbench
