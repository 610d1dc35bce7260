// What a traced run needs besides the trial.

#include "addon/values.h"
#include "meters/tracefs.h"
#include "loop/trial.h"
#include "loop/write_stream.h"

namespace puntbench {
namespace {

// A descriptor of the root of tracefs. It stays open until the process ends: where tracefs is not mounted, this
// descriptor is the only way to it.
Napi::Value open_tracefs_root(const Napi::CallbackInfo& info) {
  static FileDescriptor root;
  if (!root.valid()) {
    Status status;
    root = open_tracefs(status);
    if (!root.valid()) throw to_error(info.Env(), status, "");
  }
  return Napi::Number::New(info.Env(), root.get());
}

// Block numbers in the order in which a trial of this random order writes them.
Napi::Value random_order(const Napi::CallbackInfo& info) {
  const std::optional<Order> named = order_named(info[0].As<Napi::String>().Utf8Value());
  if (!named) throw Napi::TypeError::New(info.Env(), "no such order");
  const auto blocks = static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value());
  const auto seed = static_cast<uint64_t>(info[2].As<Napi::Number>().Int64Value());
  const std::vector<uint32_t> order = places_of(*named, blocks, {}, seed).blocks;
  Napi::Uint32Array out = Napi::Uint32Array::New(info.Env(), order.size());
  for (size_t i = 0; i < order.size(); ++i) out[i] = order[i];
  return out;
}

}  // namespace

void export_tracing(Napi::Env env, Napi::Object& exports) {
  exports.Set("openTracefs", Napi::Function::New(env, open_tracefs_root));
  exports.Set("randomOrder", Napi::Function::New(env, random_order));
  exports.Set("submitterName", Napi::String::New(env, kSubmitterName));
}

}  // namespace puntbench
