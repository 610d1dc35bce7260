// Trials, replays and the punt counter.

#include "addon/job.h"
#include "addon/replay_plan.h"
#include "addon/trial_measurement.h"
#include "addon/trial_request.h"
#include "addon/values.h"
#include "loop/trial.h"

namespace puntbench {
namespace {

// Found once. The punt counter of each trial opens its events on it.
std::optional<PuntTracepoint> punt_tracepoint;

const PuntTracepoint* tracepoint_if(bool wanted) {
  return wanted && punt_tracepoint ? &*punt_tracepoint : nullptr;
}

Napi::Value start_trial(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  const TrialRequest request = to_request(from);
  const PuntTracepoint* tracepoint = tracepoint_if(flag(from, "countPunts"));
  return start_job<TrialMeasurement>(info.Env(), request.path, [request, tracepoint](auto& job) {
    return run_trial(request, tracepoint, job.cancelled, job.measurement);
  });
}

Napi::Value start_nops(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  const uint64_t operations = integer(from, "operations");
  const auto queue_depth = static_cast<uint32_t>(integer(from, "queueDepth"));
  const bool forced = flag(from, "forced");
  const PuntTracepoint* tracepoint = tracepoint_if(flag(from, "countPunts"));
  return start_job<TrialMeasurement>(info.Env(), "", [=](auto& job) {
    return run_nops(operations, queue_depth, forced, tracepoint, job.cancelled, job.measurement);
  });
}

Napi::Value start_replay(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  const auto plan = std::make_shared<ReplayPlan>(to_replay_plan(from));
  const PuntTracepoint* tracepoint = tracepoint_if(flag(from, "countPunts"));
  return start_job<ReplayMeasurement>(info.Env(), "", [plan, tracepoint](auto& job) {
    return run_replay(*plan, tracepoint, job.cancelled, job.measurement);
  });
}

// Finds the tracepoint and opens a counter on it once, so that a missing right is found here.
Napi::Value open_punt_counter(const Napi::CallbackInfo& info) {
  PuntTracepoint tracepoint;
  Status status = PuntTracepoint::find(tracepoint);
  PuntCounter trial;
  if (status.ok()) status = trial.open(tracepoint);
  if (!status.ok()) throw to_error(info.Env(), status, "");
  punt_tracepoint = tracepoint;
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("forcedFilter", tracepoint.forced_filter);
  out.Set("hashedFilter", tracepoint.hashed_filter);
  return out;
}

}  // namespace

void export_trials(Napi::Env env, Napi::Object& exports) {
  exports.Set("startTrial", Napi::Function::New(env, start_trial));
  exports.Set("startReplay", Napi::Function::New(env, start_replay));
  exports.Set("startNops", Napi::Function::New(env, start_nops));
  exports.Set("openPuntCounter", Napi::Function::New(env, open_punt_counter));
}

}  // namespace puntbench
