#pragma once

// What the files of the addon share. addon*.cc alone know N-API: arguments in, results out; names and units
// are those of native/index.ts.

#include <napi.h>

#include <optional>
#include <string>

#include "status.h"

namespace puntbench {

// An Error with `code`, `errno`, `syscall` and, where there is one, `path`.
Napi::Error to_error(Napi::Env env, const Status& status, const std::string& path);

uint64_t integer(const Napi::Object& from, const char* name);
bool flag(const Napi::Object& from, const char* name);
Napi::Value number_or_null(Napi::Env env, const std::optional<uint64_t>& value);

// Each adds the functions of its file to the addon.
void export_trials(Napi::Env env, Napi::Object& exports);
void export_probe(Napi::Env env, Napi::Object& exports);
void export_files(Napi::Env env, Napi::Object& exports);
void export_tracing(Napi::Env env, Napi::Object& exports);

}  // namespace puntbench
