// The N-API surface of watch, an addon for itself: the driver must build and load where libbpf is missing.

#include <napi.h>

#include <cstring>

#include "watch/causes_addon.h"
#include "watch/programs_object.h"
#include "watch/record_addon.h"
#include "watch/watch.h"

namespace puntbench {

Napi::Error to_error(Napi::Env env, int error, const std::string& what) {
  Napi::Error out = Napi::Error::New(env, what + ": " + strerror(-error));
  const char* name = strerrorname_np(-error);
  out.Set("code", name != nullptr ? std::string(name) : std::to_string(-error));
  return out;
}

namespace {

// The histograms of all rows stand in one piece of memory.
Napi::Uint32Array to_array(Napi::Env env, Napi::ArrayBuffer all, size_t index, const unsigned int (&buckets)[WATCH_BUCKETS]) {
  Napi::Uint32Array out = Napi::Uint32Array::New(env, WATCH_BUCKETS, all, index * sizeof buckets);
  memcpy(out.Data(), buckets, sizeof buckets);
  return out;
}

// Its address without the bits that are the same for all; what is left is exact as a JavaScript number.
double ring_number(uint64_t address) { return static_cast<double>((address & 0x01ffffffffffffffULL) >> 6); }

Napi::Object to_object(Napi::Env env, const WatchRow& row) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("ring", ring_number(row.key.ring));
  out.Set("inode", static_cast<double>(row.key.inode));
  // The kernel's own encoding: 12 bits of major, 20 bits of minor.
  out.Set("major", static_cast<double>(row.key.device >> 20));
  out.Set("minor", static_cast<double>(row.key.device & 0xfffff));
  out.Set("process", static_cast<double>(row.key.process));
  out.Set("opcode", static_cast<double>(row.key.opcode));
  // Strings of the kernel, which may hold any bytes.
  out.Set("processName", std::string(row.names.process, strnlen(row.names.process, sizeof row.names.process)));
  out.Set("fileName", std::string(row.names.file, strnlen(row.names.file, sizeof row.names.file)));
  out.Set("requests", static_cast<double>(row.counts.requests));
  out.Set("punts", static_cast<double>(row.counts.punts));
  out.Set("forced", static_cast<double>(row.counts.forced));
  out.Set("drained", static_cast<double>(row.counts.drained));
  out.Set("chained", static_cast<double>(row.counts.chained));
  out.Set("failed", static_cast<double>(row.counts.failed));
  out.Set("bytes", static_cast<double>(row.counts.bytes));
  return out;
}

Napi::Object to_object(Napi::Env env, const WatchStalls& of_process) {
  Napi::Object out = Napi::Object::New(env);
  Napi::ArrayBuffer buckets = Napi::ArrayBuffer::New(env, sizeof of_process.stalls.blocked_ns);
  out.Set("process", static_cast<double>(of_process.process));
  out.Set("count", static_cast<double>(of_process.stalls.count));
  out.Set("blockedNs", static_cast<double>(of_process.stalls.ns));
  out.Set("maxNs", static_cast<double>(of_process.stalls.max_ns));
  out.Set("buckets", to_array(env, buckets, 0, of_process.stalls.blocked_ns));
  return out;
}

class WatchObject : public ProgramsObject<WatchObject, Watch> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Watch",
                       {InstanceMethod("add", &WatchObject::add), InstanceMethod("remove", &WatchObject::remove),
                        InstanceMethod("take", &WatchObject::take), InstanceMethod("takeStalls", &WatchObject::take_stalls),
                        InstanceMethod("lost", &WatchObject::lost),
                        InstanceMethod("close", &WatchObject::close)});
  }

  // new Watch({objectPath, everything, name, sampleShift})
  explicit WatchObject(const Napi::CallbackInfo& info) : ProgramsObject<WatchObject, Watch>(info) {
    const Napi::Object from = info[0].As<Napi::Object>();
    WatchOptions options;
    options.object_path = from.Get("objectPath").As<Napi::String>();
    options.everything = from.Get("everything").ToBoolean();
    options.name = from.Get("name").As<Napi::String>();
    options.sample_shift = from.Get("sampleShift").As<Napi::Number>().Uint32Value();
    load(info.Env(), options);
  }

 private:
  Napi::Value take(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    std::vector<WatchRow> rows;
    if (const int error = open(env).take(rows)) throw to_error(env, error, "reading the counts");
    Napi::Array out = Napi::Array::New(env, rows.size());
    Napi::ArrayBuffer buckets = Napi::ArrayBuffer::New(env, rows.size() * sizeof(watch_latencies));
    for (uint32_t i = 0; i < rows.size(); ++i) {
      Napi::Object row = to_object(env, rows[i]);
      row.Set("inlineBuckets", to_array(env, buckets, size_t{2} * i, rows[i].latencies.inline_ns));
      row.Set("puntedBuckets", to_array(env, buckets, size_t{2} * i + 1, rows[i].latencies.punted_ns));
      out.Set(i, row);
    }
    return out;
  }

  Napi::Value take_stalls(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!open(env).sees_stalls()) return env.Null();
    std::vector<WatchStalls> stalls;
    if (const int error = open(env).take_stalls(stalls)) throw to_error(env, error, "reading the stalls");
    Napi::Array out = Napi::Array::New(env, stalls.size());
    for (uint32_t i = 0; i < stalls.size(); ++i) out.Set(i, to_object(env, stalls[i]));
    return out;
  }

  Napi::Value lost(const Napi::CallbackInfo& info) {
    WatchLosses losses;
    if (const int error = open(info.Env()).lost(losses)) throw to_error(info.Env(), error, "reading the losses");
    Napi::Object out = Napi::Object::New(info.Env());
    out.Set("requests", static_cast<double>(losses.by_reason[WATCH_LOST_ROWS]));
    out.Set("punts", static_cast<double>(losses.by_reason[WATCH_LOST_PUNTS]));
    out.Set("latencies", static_cast<double>(losses.by_reason[WATCH_LOST_LATENCIES]));
    out.Set("unmatched", static_cast<double>(losses.by_reason[WATCH_LOST_UNMATCHED]));
    out.Set("stalls", static_cast<double>(losses.by_reason[WATCH_LOST_STALLS]));
    out.Set("events", static_cast<double>(losses.missed_events));
    return out;
  }
};

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("Watch", WatchObject::define(env));
  exports.Set("Causes", define_causes(env));
  exports.Set("Record", define_record(env));
  exports.Set("firstPower", static_cast<double>(WATCH_FIRST_POWER));
  return exports;
}

}  // namespace
}  // namespace puntbench

static Napi::Object init_module(Napi::Env env, Napi::Object exports) { return puntbench::init(env, exports); }
NODE_API_MODULE(puntbench_watch, init_module)
