#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "addon/trial_measurement.h"
#include "addon/values.h"
#include "base/caught.h"

namespace puntbench {

// Runs on a new thread, so that its ring's io-wq workers serve no other ring.
template <class Measurement>
struct Job {
  explicit Job(Napi::Env env) : done(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise::Deferred done;
  Napi::ThreadSafeFunction resolve;
  std::thread thread;
  std::atomic<bool> cancelled{false};
  std::string path;
  Measurement measurement;
  Status status;
  Napi::Env::CleanupHook<void (*)(Job*), Job> at_exit;

  // A worker thread of Node may be terminated during a trial, and its addon unloaded: no thread of ours may outlive it.
  void end() {
    cancelled = true;
    if (thread.joinable()) thread.join();
  }
};

template <class Measurement>
void settle(Napi::Env env, Job<Measurement>& job) {
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
template <class Measurement, class Work>
Napi::Value start_job(Napi::Env env, const std::string& path, Work work) {
  auto job = std::make_shared<Job<Measurement>>(env);
  job->path = path;
  const Napi::Function nothing = Napi::Function::New(env, [](const Napi::CallbackInfo&) {});
  job->resolve = Napi::ThreadSafeFunction::New(env, nothing, "puntbench job", 0, 1);
  const auto run = [job, work] {
    job->status = caught([&] { return work(*job); });
    job->resolve.BlockingCall([job](Napi::Env on_main, Napi::Function) { settle(on_main, *job); });
  };
  try {
    job->thread = std::thread(run);
  } catch (const std::system_error& error) {
    job->resolve.Release();
    throw to_error(env, {-error.code().value(), "pthread_create"}, "");
  }
  job->at_exit = env.AddCleanupHook(+[](Job<Measurement>* ended) { ended->end(); }, job.get());
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", job->done.Promise());
  handle.Set("cancel", Napi::Function::New(env, [job](const Napi::CallbackInfo&) { job->cancelled = true; }));
  return handle;
}

}  // namespace puntbench
