#include <unistd.h>

#include <climits>
#include <cstring>

#include "addon/values.h"
#include "base/clock.h"

namespace puntbench {

std::string errno_name(int error) {
  // glibc has no name for the kernel's own numbers, for example 524 (ENOTSUPP) and 529.
  const char* name = strerrorname_np(-error);
  return name ? name : std::to_string(-error);
}

namespace {

// A path through a held directory, "/proc/self/fd/7/name", as the user knows it.
std::string as_known(const std::string& path) {
  constexpr char kHeld[] = "/proc/self/fd/";
  const size_t name = path.find('/', sizeof kHeld - 1);
  if (path.compare(0, sizeof kHeld - 1, kHeld) != 0 || name == std::string::npos) return path;
  char folder[PATH_MAX];
  const ssize_t n = readlink(path.substr(0, name).c_str(), folder, sizeof folder);
  return n > 0 ? std::string(folder, static_cast<size_t>(n)) + path.substr(name) : path;
}

}  // namespace

Napi::Error to_error(Napi::Env env, const Status& status, const std::string& given_path) {
  const std::string path = as_known(given_path);
  const std::string name = errno_name(status.error);
  const char* known = strerrordesc_np(-status.error);
  const std::string meaning = known ? known : "unknown error";
  Napi::Error error = Napi::Error::New(env, name + ": " + meaning + ", " + status.operation +
                                                (path.empty() ? "" : " '" + path + "'"));
  error.Set("code", name);
  error.Set("errno", static_cast<double>(status.error));
  error.Set("syscall", status.operation);
  if (!path.empty()) error.Set("path", path);
  return error;
}

uint64_t integer(const Napi::Object& from, const char* name) {
  return static_cast<uint64_t>(from.Get(name).As<Napi::Number>().Int64Value());
}

bool flag(const Napi::Object& from, const char* name) { return from.Get(name).ToBoolean(); }

std::string text(const Napi::Object& from, const char* name) { return from.Get(name).As<Napi::String>(); }

void set_integer(Napi::Object& out, const char* name, uint64_t value) { out.Set(name, static_cast<double>(value)); }

void set_integer(Napi::Object& out, const char* name, const std::optional<uint64_t>& value) {
  if (value) {
    set_integer(out, name, *value);
  } else {
    out.Set(name, out.Env().Null());
  }
}

namespace {

Napi::Value timestamp_cost_ns(const Napi::CallbackInfo& info) {
  constexpr int kReads = 100'000;
  const uint64_t start = now_ns();
  uint64_t last = start;
  for (int i = 0; i < kReads; ++i) last = now_ns();
  return Napi::Number::New(info.Env(), static_cast<double>(last - start) / kReads);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  export_trials(env, exports);
  export_probe(env, exports);
  export_files(env, exports);
  export_tracing(env, exports);
  exports.Set("timestampCostNs", Napi::Function::New(env, timestamp_cost_ns));
  exports.Set("liburingVersion", Napi::String::New(env, LIBURING_VERSION_STRING));
  return exports;
}

}  // namespace

NODE_API_MODULE(puntbench, init)

}  // namespace puntbench
