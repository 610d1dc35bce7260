#include "addon/replay_plan.h"

#include <vector>

#include "loop/replay_plan.h"

namespace puntbench {
namespace {

template <class T>
MappedStructures<T> structures(const Napi::Object& from, const char* name) {
  const std::string path = text(from, name);
  MappedStructures<T> out;
  if (const int error = out.open(path)) throw to_error(from.Env(), {error, "open"}, path);
  return out;
}

Napi::Object at(const Napi::Array& list, uint32_t index) { return list.Get(index).As<Napi::Object>(); }

// An index that points outside would be read from there by the measuring thread.
void check_files(Napi::Env env, const ReplayPlan& plan) {
  const auto known = [&](uint32_t file) { return file < plan.files.size(); };
  bool whole = true;
  const auto check = [&](const auto& each) { whole = whole && known(each.file); };
  for (const ReplayRing& ring : plan.rings) ring.requests.each(check);
  plan.calls.each(check);
  if (!whole) throw Napi::TypeError::New(env, "a request names a file that the plan does not have");
}

}  // namespace

ReplayPlan to_replay_plan(const Napi::Object& from) {
  ReplayPlan plan;
  const auto files = from.Get("files").As<Napi::Array>();
  for (uint32_t i = 0; i < files.Length(); ++i) {
    const Napi::Object file = at(files, i);
    plan.files.push_back({text(file, "path"), static_cast<int>(integer(file, "openFlags"))});
  }
  const auto rings = from.Get("rings").As<Napi::Array>();
  for (uint32_t i = 0; i < rings.Length(); ++i) {
    const Napi::Object ring = at(rings, i);
    plan.rings.push_back({named(ring, "ring", ring_mode_named), structures<ReplayRequest>(ring, "requests")});
  }
  plan.calls = structures<ReplayCall>(from, "calls");
  plan.paced = flag(from, "paced");
  plan.iowq_workers = static_cast<uint32_t>(integer(from, "iowqWorkers"));
  check_files(from.Env(), plan);
  return plan;
}

}  // namespace puntbench
