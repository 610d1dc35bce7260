#pragma once

#include <napi.h>

namespace puntbench {

// The class `Causes`: BPF programs that record why requests punt.
Napi::Function define_causes(Napi::Env env);

// An Error with the code of an -errno.
Napi::Error to_error(Napi::Env env, int error, const std::string& what);

}  // namespace puntbench
