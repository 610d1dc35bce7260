// The nowait probe.

#include "addon/values.h"
#include "probe/nowait_probe.h"

namespace puntbench {
namespace {

// "ok" or the name of the errno, for each answer.
Napi::Array to_names(Napi::Env env, const std::vector<int>& answers) {
  Napi::Array out = Napi::Array::New(env, answers.size());
  for (uint32_t i = 0; i < answers.size(); ++i) {
    out[i] = answers[i] == 0 ? "ok" : errno_name(answers[i]);
  }
  return out;
}

Napi::Object to_object(Napi::Env env, const NowaitAnswers& answers) {
  Napi::Object out = Napi::Object::New(env);
  const Status& refused = answers.unavailable;
  out.Set("unavailable", refused.ok() ? env.Null() : Napi::Value(to_error(env, refused, "").Value()));
  out.Set("fresh", to_names(env, answers.fresh));
  out.Set("later", to_names(env, answers.later));
  return out;
}

Napi::Value nowait_probe(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  NowaitRequest request;
  request.path = text(from, "path");
  request.preparation = named(from, "preparation", preparation_named);
  request.block_bytes = static_cast<uint32_t>(integer(from, "blockSizeBytes"));
  NowaitReport report;
  if (const Status status = probe_nowait(request, report); !status.ok()) {
    throw to_error(info.Env(), status, request.path);
  }
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("ioUring", to_object(info.Env(), report[static_cast<size_t>(Oracle::kIoUring)]));
  out.Set("pwritev2", to_object(info.Env(), report[static_cast<size_t>(Oracle::kPwritev2)]));
  out.Set("libaio", to_object(info.Env(), report[static_cast<size_t>(Oracle::kLibaio)]));
  return out;
}

}  // namespace

void export_probe(Napi::Env env, Napi::Object& exports) {
  exports.Set("nowaitProbe", Napi::Function::New(env, nowait_probe));
}

}  // namespace puntbench
