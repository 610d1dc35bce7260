// The N-API surface of watch, an addon for itself: the driver must build and load where libbpf is missing.

#include <napi.h>

#include <algorithm>
#include <cstring>
#include <span>

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

// Its address without the bits that are the same for all; what is left is exact as a JavaScript number.
double ring_number(uint64_t address) { return static_cast<double>((address & 0x01ffffffffffffffULL) >> 6); }

Napi::Object to_object(Napi::Env env, const NewRow& row) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("number", static_cast<double>(row.number));
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
  return out;
}

// One array for all rows: an object for each takes ten times as long. The TypeScript side knows the order.
Napi::Float64Array to_counts(Napi::Env env, const std::vector<AddedRow>& rows) {
  constexpr size_t kColumns = 10;
  Napi::Float64Array out = Napi::Float64Array::New(env, rows.size() * kColumns);
  double* at = out.Data();
  for (const AddedRow& row : rows) {
    const watch_counts& counts = row.counts;
    for (const uint64_t value : {uint64_t{row.number}, uint64_t{counts.requests}, uint64_t{counts.failed},
                                 uint64_t{counts.bytes}, uint64_t{counts.punts}, uint64_t{counts.forced},
                                 uint64_t{counts.drained}, uint64_t{counts.chained}, uint64_t{row.inline_pairs},
                                 uint64_t{row.punted_pairs}}) {
      *at++ = static_cast<double>(value);
    }
  }
  return out;
}

Napi::Uint32Array to_array(Napi::Env env, std::span<const uint32_t> values) {
  Napi::Uint32Array out = Napi::Uint32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), out.Data());
  return out;
}

Napi::Object to_object(Napi::Env env, const WatchStalls& of_process) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("process", static_cast<double>(of_process.process));
  out.Set("count", static_cast<double>(of_process.stalls.count));
  out.Set("blockedNs", static_cast<double>(of_process.stalls.ns));
  out.Set("maxNs", static_cast<double>(of_process.stalls.max_ns));
  out.Set("buckets", to_array(env, of_process.stalls.blocked_ns));
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
  // {made, counts, latencies}
  Napi::Value take(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    AddedRows added;
    if (const int error = open(env).take(added)) throw to_error(env, error, "reading the counts");
    Napi::Array made = Napi::Array::New(env, added.made.size());
    for (uint32_t i = 0; i < added.made.size(); ++i) made.Set(i, to_object(env, added.made[i]));
    Napi::Object out = Napi::Object::New(env);
    out.Set("made", made);
    out.Set("counts", to_counts(env, added.rows));
    out.Set("latencies", to_array(env, added.latencies));
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
