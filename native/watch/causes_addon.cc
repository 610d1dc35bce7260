#include "watch/causes_addon.h"

#include <algorithm>
#include <memory>

#include "watch/causes.h"
#include "watch/programs_object.h"

namespace puntbench {
namespace {

#define STEP_NAME(name) #name,
constexpr const char* kStepNames[] = {CAUSES_STEPS(STEP_NAME)};
#undef STEP_NAME

Napi::Value number(Napi::Env env, double value) { return Napi::Number::New(env, value); }

Napi::Value or_null(Napi::Env env, bool known, double value) { return known ? number(env, value) : env.Null(); }

Napi::Array to_steps(Napi::Env env, const causes_attempt& attempt) {
  const uint32_t count = std::min<uint32_t>(attempt.step_count, CAUSES_MAX_STEPS);
  Napi::Array out = Napi::Array::New(env, count);
  for (uint32_t i = 0; i < count; ++i) {
    const causes_step& step = attempt.steps[i];
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", step.kind < CAUSES_KINDS ? kStepNames[step.kind] : "unknown");
    object.Set("value", number(env, step.value));
    object.Set("detail", number(env, static_cast<double>(step.detail)));
    out.Set(i, object);
  }
  return out;
}

Napi::Value to_state(Napi::Env env, const causes_state& state) {
  if (state.seen == CAUSES_NEVER) return env.Null();
  Napi::Object out = Napi::Object::New(env);
  out.Set("seen", state.seen == CAUSES_AT_ENTRY ? "at-entry" : "at-punt");
  out.Set("inodeFlags", number(env, state.inode_flags));
  out.Set("sizeBytes", number(env, static_cast<double>(state.size_bytes)));
  out.Set("diskSizeBytes", or_null(env, state.disk_size_bytes >= 0, static_cast<double>(state.disk_size_bytes)));
  out.Set("cachedPages", number(env, static_cast<double>(state.cached_pages)));
  out.Set("lock", number(env, static_cast<double>(state.lock)));
  return out;
}

Napi::Value to_attempt(Napi::Env env, const causes_attempt& attempt) {
  if (attempt.began_ns == 0) return env.Null();
  const bool returned = attempt.entered != 0 && attempt.ended_ns != 0;
  Napi::Object out = Napi::Object::New(env);
  out.Set("beganNs", number(env, static_cast<double>(attempt.began_ns)));
  out.Set("endedNs", or_null(env, attempt.ended_ns != 0, static_cast<double>(attempt.ended_ns)));
  out.Set("entered", Napi::Boolean::New(env, attempt.entered != 0));
  out.Set("result", or_null(env, returned, static_cast<double>(attempt.result)));
  out.Set("steps", to_steps(env, attempt));
  return out;
}

Napi::Array to_stack(Napi::Env env, const causes_record& record) {
  const int64_t bytes = std::max<int64_t>(record.stack_bytes, 0);
  const uint32_t frames = std::min<uint32_t>(bytes / sizeof record.stack[0], CAUSES_STACK_DEPTH);
  Napi::Array out = Napi::Array::New(env, frames);
  for (uint32_t i = 0; i < frames; ++i) {
    out.Set(i, Napi::BigInt::New(env, static_cast<uint64_t>(record.stack[i])));
  }
  return out;
}

Napi::Value to_punt(Napi::Env env, const causes_record& record) {
  if (record.punted_ns == 0) return env.Null();
  Napi::Object out = Napi::Object::New(env);
  out.Set("atNs", number(env, static_cast<double>(record.punted_ns)));
  out.Set("ring", Napi::BigInt::New(env, static_cast<uint64_t>(record.ring)));
  out.Set("inode", number(env, static_cast<double>(record.inode)));
  // The kernel's own encoding: 12 bits of major, 20 bits of minor.
  out.Set("major", number(env, record.device >> 20));
  out.Set("minor", number(env, record.device & 0xfffff));
  out.Set("magic", number(env, record.magic));
  out.Set("mode", number(env, record.mode));
  out.Set("fileMode", or_null(env, record.inode != 0, record.file_mode));
  out.Set("deviceWaits", Napi::Boolean::New(env, record.device_waits != 0));
  out.Set("blockBytes", or_null(env, record.inode != 0, static_cast<double>(1U << (record.block_bits & 31))));
  out.Set("writeFlags", number(env, record.write_flags));
  out.Set("opcode", number(env, record.opcode));
  out.Set("requestFlags", number(env, record.request_flags));
  out.Set("offsetBytes", number(env, static_cast<double>(record.offset_bytes)));
  out.Set("lengthBytes", number(env, static_cast<double>(record.length_bytes)));
  out.Set("state", to_state(env, record.inline_attempt.state));
  out.Set("retry", to_attempt(env, record.retry));
  out.Set("stack", to_stack(env, record));
  return out;
}

Napi::Object to_object(Napi::Env env, const causes_record& record) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("request", Napi::BigInt::New(env, static_cast<uint64_t>(record.request)));
  out.Set("process", number(env, record.process));
  out.Set("thread", number(env, record.thread));
  out.Set("inline", to_attempt(env, record.inline_attempt));
  out.Set("punt", to_punt(env, record));
  return out;
}

class CausesObject : public ProgramsObject<CausesObject, Causes> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Causes",
                       {InstanceMethod("add", &CausesObject::add), InstanceMethod("remove", &CausesObject::remove),
                        InstanceMethod("pause", &CausesObject::pause), InstanceMethod("resume", &CausesObject::resume),
                        InstanceMethod("attached", &CausesObject::attached), InstanceMethod("read", &CausesObject::read),
                        InstanceMethod("lost", &CausesObject::lost), InstanceMethod("close", &CausesObject::close)});
  }

  // new Causes({objectPath, everything, name, everyRequest, functions, hotFunctions, recordsPerPeriod})
  explicit CausesObject(const Napi::CallbackInfo& info) : ProgramsObject<CausesObject, Causes>(info) {
    const Napi::Object from = info[0].As<Napi::Object>();
    CausesOptions options;
    options.object_path = from.Get("objectPath").As<Napi::String>();
    options.everything = from.Get("everything").ToBoolean();
    options.name = from.Get("name").As<Napi::String>();
    options.every_request = from.Get("everyRequest").ToBoolean();
    options.functions = from.Get("functions").ToBoolean();
    options.hot_functions = from.Get("hotFunctions").ToBoolean();
    options.records_per_period = from.Get("recordsPerPeriod").As<Napi::Number>().Uint32Value();
    load(info.Env(), options);
  }

 private:
  Napi::Value pause(const Napi::CallbackInfo& info) {
    if (const int error = open(info.Env()).pause()) throw to_error(info.Env(), error, "detaching the programs");
    return info.Env().Undefined();
  }

  Napi::Value resume(const Napi::CallbackInfo& info) {
    if (const int error = open(info.Env()).resume()) throw to_error(info.Env(), error, "attaching the programs");
    return info.Env().Undefined();
  }

  Napi::Value attached(const Napi::CallbackInfo& info) {
    const std::vector<std::string>& names = open(info.Env()).attached();
    Napi::Array out = Napi::Array::New(info.Env(), names.size());
    for (uint32_t i = 0; i < names.size(); ++i) out.Set(i, names[i]);
    return out;
  }

  // read(all)
  Napi::Value read(const Napi::CallbackInfo& info) {
    std::vector<causes_record> records;
    const int error = open(info.Env()).read(records, info[0].ToBoolean());
    if (error != 0) throw to_error(info.Env(), error, "reading the records");
    Napi::Array out = Napi::Array::New(info.Env(), records.size());
    for (uint32_t i = 0; i < records.size(); ++i) out.Set(i, to_object(info.Env(), records[i]));
    return out;
  }

  Napi::Value lost(const Napi::CallbackInfo& info) {
    uint64_t count = 0;
    if (const int error = open(info.Env()).lost(count)) throw to_error(info.Env(), error, "reading the losses");
    return number(info.Env(), static_cast<double>(count));
  }
};

}  // namespace

Napi::Function define_causes(Napi::Env env) { return CausesObject::define(env); }

}  // namespace puntbench
