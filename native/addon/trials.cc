// Trials and the punt counter.

#include <memory>
#include <system_error>
#include <thread>

#include "addon/trial_measurement.h"
#include "addon/trial_request.h"
#include "addon/values.h"
#include "loop/trial.h"

namespace puntbench {
namespace {

// ---- jobs: each runs on a new thread, so that its ring's io-wq workers serve no other ring ----

// Found once. The punt counter of each trial opens its events on it.
std::optional<PuntTracepoint> punt_tracepoint;

struct Job {
  explicit Job(Napi::Env env) : done(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise::Deferred done;
  Napi::ThreadSafeFunction resolve;
  std::thread thread;
  std::atomic<bool> cancelled{false};
  std::string path;
  TrialMeasurement measurement;
  Status status;
  Napi::Env::CleanupHook<void (*)(Job*), Job> at_exit;

  // A worker thread of Node may be terminated during a trial, and its addon unloaded: no thread of ours may outlive it.
  void end() {
    cancelled = true;
    if (thread.joinable()) thread.join();
  }
};

void settle(Napi::Env env, Job& job) {
  job.at_exit.Remove(env);
  job.thread.join();
  if (job.status.ok()) {
    job.done.Resolve(to_object(env, job.measurement));
  } else {
    job.done.Reject(to_error(env, job.status, job.path).Value());
  }
  job.resolve.Release();
}

// Runs `work(job)` on a new thread. Returns {promise, cancel()}.
template <class Work>
Napi::Value start_job(Napi::Env env, const std::string& path, Work work) {
  auto job = std::make_shared<Job>(env);
  job->path = path;
  const Napi::Function nothing = Napi::Function::New(env, [](const Napi::CallbackInfo&) {});
  job->resolve = Napi::ThreadSafeFunction::New(env, nothing, "puntbench job", 0, 1);
  const auto run = [job, work] {
    try {
      job->status = work(*job);
    } catch (const std::bad_alloc&) {
      job->status = {-ENOMEM, "allocate"};
    } catch (const std::system_error& error) {
      // The sampler's thread: a limit of threads was reached (RLIMIT_NPROC, pids.max).
      job->status = {-error.code().value(), "pthread_create"};
    }
    job->resolve.BlockingCall([job](Napi::Env on_main, Napi::Function) { settle(on_main, *job); });
  };
  try {
    job->thread = std::thread(run);
  } catch (const std::system_error& error) {
    job->resolve.Release();
    throw to_error(env, {-error.code().value(), "pthread_create"}, "");
  }
  job->at_exit = env.AddCleanupHook(+[](Job* ended) { ended->end(); }, job.get());
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", job->done.Promise());
  handle.Set("cancel", Napi::Function::New(env, [job](const Napi::CallbackInfo&) { job->cancelled = true; }));
  return handle;
}

const PuntTracepoint* tracepoint_if(bool wanted) {
  return wanted && punt_tracepoint ? &*punt_tracepoint : nullptr;
}

Napi::Value start_trial(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  const TrialRequest request = to_request(from);
  const PuntTracepoint* tracepoint = tracepoint_if(flag(from, "countPunts"));
  return start_job(info.Env(), request.path, [request, tracepoint](Job& job) {
    return run_trial(request, tracepoint, job.cancelled, job.measurement);
  });
}

Napi::Value start_nops(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  const uint64_t operations = integer(from, "operations");
  const auto queue_depth = static_cast<uint32_t>(integer(from, "queueDepth"));
  const bool forced = flag(from, "forced");
  const PuntTracepoint* tracepoint = tracepoint_if(flag(from, "countPunts"));
  return start_job(info.Env(), "", [=](Job& job) {
    return run_nops(operations, queue_depth, forced, tracepoint, job.cancelled, job.measurement);
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
  exports.Set("startNops", Napi::Function::New(env, start_nops));
  exports.Set("openPuntCounter", Napi::Function::New(env, open_punt_counter));
}

}  // namespace puntbench
