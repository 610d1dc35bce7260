#pragma once

// What the files of the addon share. Only addon/ knows N-API: it reads arguments and builds results, with the names
// and units of native/index.ts.

#include <napi.h>

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace puntbench {

// An Error with `code`, `errno`, `syscall` and, if it concerns a file, `path`.
Napi::Error to_error(Napi::Env env, const Status& status, const std::string& path);

// The name of a negative errno, or its number where it has no name.
std::string errno_name(int error);

// Arguments.
uint64_t integer(const Napi::Object& from, const char* name);
bool flag(const Napi::Object& from, const char* name);
std::string text(const Napi::Object& from, const char* name);

// The value that `parse` gives to the name in a field. Throws a TypeError for an unknown name.
template <class T>
T named(const Napi::Object& from, const char* field, std::optional<T> parse(std::string_view)) {
  const std::string name = text(from, field);
  if (const std::optional<T> value = parse(name)) return *value;
  throw Napi::TypeError::New(from.Env(), std::string("unknown ") + field + " '" + name + "'");
}

// Results. An empty optional is null: it was not measured.
void set_integer(Napi::Object& out, const char* name, uint64_t value);
void set_integer(Napi::Object& out, const char* name, const std::optional<uint64_t>& value);

// Each adds the functions of its file to the addon.
void export_trials(Napi::Env env, Napi::Object& exports);
void export_probe(Napi::Env env, Napi::Object& exports);
void export_files(Napi::Env env, Napi::Object& exports);
void export_tracing(Napi::Env env, Napi::Object& exports);

}  // namespace puntbench
