#include "watch/record_addon.h"

#include "watch/programs_object.h"
#include "watch/record.h"

namespace puntbench {
namespace {

Napi::Object to_object(Napi::Env env, const RecordPath& path) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("atNs", static_cast<double>(path.at_ns));
  out.Set("inode", static_cast<double>(path.inode));
  out.Set("device", static_cast<double>(path.device));
  out.Set("process", static_cast<double>(path.process));
  out.Set("operation", static_cast<double>(path.call));
  out.Set("path", path.path);
  return out;
}

class RecordObject : public ProgramsObject<RecordObject, Record> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Record",
                       {InstanceMethod("add", &RecordObject::add), InstanceMethod("remove", &RecordObject::remove),
                        InstanceMethod("read", &RecordObject::read), InstanceMethod("lost", &RecordObject::lost),
                        InstanceMethod("close", &RecordObject::close)});
  }

  // new Record({objectPath, everything, name, bufferBytes})
  explicit RecordObject(const Napi::CallbackInfo& info) : ProgramsObject<RecordObject, Record>(info) {
    const Napi::Object from = info[0].As<Napi::Object>();
    RecordOptions options;
    options.object_path = from.Get("objectPath").As<Napi::String>();
    options.everything = from.Get("everything").ToBoolean();
    options.name = from.Get("name").As<Napi::String>();
    options.buffer_bytes = from.Get("bufferBytes").As<Napi::Number>().Uint32Value();
    load(info.Env(), options);
  }

 private:
  // read(all): {rows: Buffer of RecordRow, paths}
  Napi::Value read(const Napi::CallbackInfo& info) {
    std::vector<RecordRow> rows;
    std::vector<RecordPath> paths;
    const int error = open(info.Env()).read(rows, paths, info[0].ToBoolean());
    if (error != 0) throw to_error(info.Env(), error, "reading the recorded requests");
    Napi::Object out = Napi::Object::New(info.Env());
    const auto* bytes = reinterpret_cast<const uint8_t*>(rows.data());
    out.Set("rows", Napi::Buffer<uint8_t>::Copy(info.Env(), bytes, rows.size() * sizeof(RecordRow)));
    Napi::Array list = Napi::Array::New(info.Env(), paths.size());
    for (uint32_t i = 0; i < paths.size(); ++i) list.Set(i, to_object(info.Env(), paths[i]));
    out.Set("paths", list);
    return out;
  }

  // {events, unmatched}
  Napi::Value lost(const Napi::CallbackInfo& info) {
    uint64_t count = 0;
    if (const int error = open(info.Env()).lost(count)) throw to_error(info.Env(), error, "reading the losses");
    Napi::Object out = Napi::Object::New(info.Env());
    out.Set("events", static_cast<double>(count));
    out.Set("unmatched", static_cast<double>(open(info.Env()).unmatched()));
    return out;
  }
};

}  // namespace

Napi::Function define_record(Napi::Env env) { return RecordObject::define(env); }

}  // namespace puntbench
