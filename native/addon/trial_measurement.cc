#include "addon/trial_measurement.h"

#include <liburing.h>

#include <algorithm>
#include <utility>

namespace puntbench {
namespace {

Napi::Object to_object(Napi::Env env, const ExtentState& state) {
  Napi::Object out = Napi::Object::New(env);
  set_integer(out, "extents", state.extents);
  set_integer(out, "writtenBytes", state.written_bytes);
  set_integer(out, "unwrittenBytes", state.unwritten_bytes);
  set_integer(out, "holeBytes", state.hole_bytes);
  set_integer(out, "beyondSizeBytes", state.beyond_size_bytes);
  set_integer(out, "sizeBytes", state.size_bytes);
  return out;
}

Napi::Object to_object(Napi::Env env, const SwitchCounts& switches) {
  Napi::Object out = Napi::Object::New(env);
  set_integer(out, "voluntary", switches.voluntary);
  set_integer(out, "involuntary", switches.involuntary);
  return out;
}

template <class T>
Napi::Value object_or_null(Napi::Env env, const std::optional<T>& value) {
  return value ? Napi::Value(to_object(env, *value)) : env.Null();
}

// Nanoseconds as doubles: exact up to 2^53 ns, 104 days.
Napi::Float64Array to_array(Napi::Env env, const std::vector<uint64_t>& values, uint64_t size) {
  Napi::Float64Array out = Napi::Float64Array::New(env, size);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<double>(values[i]);
  return out;
}

void set_record(Napi::Env env, Napi::Object& out, const WriteRecord& record) {
  set_integer(out, "writes", record.completed);
  set_integer(out, "writesIssued", record.issued);
  if (record.ramp_ns > 0) {
    Napi::Object ramp = Napi::Object::New(env);
    set_integer(ramp, "wallNs", record.ramp_ns);
    set_integer(ramp, "writes", record.ramp_writes);
    out.Set("ramp", ramp);
  }
  set_integer(out, "bytes", record.bytes);
  set_integer(out, "failedWrites", record.failed);
  out.Set("firstError",
          record.first_error == 0 ? env.Null() : Napi::Value(Napi::String::New(env, errno_name(record.first_error))));
  out.Set("shortWrite", record.short_write);
  set_integer(out, "wallNs", record.wall_ns);
  set_integer(out, "submitNs", record.submit_ns);
  set_integer(out, "waitNs", record.wait_ns);
  set_integer(out, "submitCalls", record.submit_calls);
  set_integer(out, "waitCalls", record.wait_calls);
  out.Set("latencyNs", to_array(env, record.latency_ns, record.recorded));
  const uint64_t calls = std::min<uint64_t>(record.submit_calls, record.submit_call_ns.size());
  out.Set("submitCallNs", to_array(env, record.submit_call_ns, calls));
  out.Set("issueDelayNs",
          record.issue_delay_ns.empty() ? env.Null() : Napi::Value(to_array(env, record.issue_delay_ns, record.recorded)));
}

// Every fdatasync runs in a worker. One behind a write that punted follows it there without a hit of the tracepoint.
std::optional<uint64_t> untraced_punts(const TrialMeasurement& measurement) {
  const std::optional<PuntCounts>& punts = measurement.meters.punts;
  if (!measurement.linked_fsyncs || !measurement.record || !punts || !punts->fsyncs) return std::nullopt;
  const uint64_t fsyncs = measurement.record->completed;
  return fsyncs - std::min(fsyncs, *punts->fsyncs);
}

void set_punts(Napi::Object& out, const TrialMeasurement& measurement) {
  const std::optional<PuntCounts>& punts = measurement.meters.punts;
  if (measurement.syncs_beside) set_integer(out, "puntCountFsyncs", punts ? punts->fsyncs : std::nullopt);
  if (measurement.linked_fsyncs) set_integer(out, "puntCountUntraced", untraced_punts(measurement));
  set_integer(out, "puntCount", punts ? punts->total : std::nullopt);
  set_integer(out, "puntCountForced", punts ? punts->forced : std::nullopt);
  set_integer(out, "puntCountHashed", punts ? punts->hashed : std::nullopt);
}

// An arm without a ring has no io-wq workers. This is known, so their number is 0 and not null.
std::optional<WorkerUsage> workers_of(const TrialMeasurement& measurement) {
  if (measurement.meters.workers || measurement.ring_flags) return measurement.meters.workers;
  return WorkerUsage{0, 0, 0, 0, {}};
}

void set_workers(Napi::Env env, Napi::Object& out, const std::optional<WorkerUsage>& workers) {
  set_integer(out, "workersPeak", workers ? std::optional(workers->peak) : std::nullopt);
  out.Set("workersMean", workers ? Napi::Value(Napi::Number::New(env, workers->mean)) : env.Null());
  set_integer(out, "workerSamples", workers ? workers->samples : 0);
}

void set_idle(Napi::Env env, Napi::Object& out, const std::optional<KernelWorkersIdle>& measured) {
  Napi::Object idle = Napi::Object::New(env);
  if (measured) {
    set_integer(idle, "cpuNs", measured->cpu_ns);
    set_integer(idle, "wallNs", measured->wall_ns);
  }
  out.Set("kernelWorkersIdle", measured ? Napi::Value(idle) : env.Null());
}

void set_cpu(Napi::Env env, Napi::Object& out, const TrialMeasurement& measurement) {
  const MeterReadings& meters = measurement.meters;
  const std::optional<WorkerUsage> workers = workers_of(measurement);
  Napi::Object cpu = Napi::Object::New(env);
  set_integer(cpu, "submitter", meters.submitter_cpu_ns);
  set_integer(cpu, "ioWq", workers ? workers->cpu_ns : std::nullopt);
  set_integer(cpu, "kernelWorkers", meters.kernel_workers_cpu_ns);
  set_integer(cpu, "system", meters.system_cpu_ns);
  out.Set("cpuNs", cpu);
  set_idle(env, out, measurement.kernel_workers_idle);
  const auto& system = meters.system_cpu;
  out.Set("systemCpuSource", system ? Napi::Value(Napi::String::New(env, system->source)) : env.Null());
  set_integer(out, "systemCpuResolutionNs", system ? std::optional(system->resolution_ns) : std::nullopt);
  Napi::Object switches = Napi::Object::New(env);
  switches.Set("submitter", to_object(env, meters.submitter_switches));
  switches.Set("ioWq", meters.workers ? Napi::Value(to_object(env, meters.workers->switches)) : env.Null());
  out.Set("contextSwitches", switches);
}

void set_warnings(Napi::Env env, Napi::Object& out, const std::vector<std::string>& warnings) {
  Napi::Array array = Napi::Array::New(env, warnings.size());
  for (uint32_t i = 0; i < warnings.size(); ++i) array.Set(i, warnings[i]);
  out.Set("warnings", array);
}

// The flags that ring.cc may set, named as in include/uapi/linux/io_uring.h without IORING_SETUP_.
void set_ring(Napi::Env env, Napi::Object& out, const TrialMeasurement& measurement) {
  Napi::Array names = Napi::Array::New(env);
  const unsigned flags = measurement.ring_flags.value_or(0);
  for (const auto& [bit, name] : {std::pair{IORING_SETUP_IOPOLL, "IOPOLL"}, std::pair{IORING_SETUP_SQPOLL, "SQPOLL"},
                                  std::pair{IORING_SETUP_COOP_TASKRUN, "COOP_TASKRUN"},
                                  std::pair{IORING_SETUP_SINGLE_ISSUER, "SINGLE_ISSUER"},
                                  std::pair{IORING_SETUP_DEFER_TASKRUN, "DEFER_TASKRUN"}}) {
    if ((flags & bit) != 0) names.Set(names.Length(), name);
  }
  out.Set("ringFlags", names);
  const auto known = [](uint64_t value) { return value == 0 ? std::nullopt : std::optional(value); };
  set_integer(out, "ringEntries", known(measurement.ring_flags ? measurement.ring_entries : 0));
  set_integer(out, "workerLimit", known(measurement.worker_limit));
}

}  // namespace

Napi::Object to_object(Napi::Env env, const TrialMeasurement& measurement) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("submitterTid", measurement.submitter_tid);
  if (measurement.record) set_record(env, out, *measurement.record);
  set_punts(out, measurement);
  set_workers(env, out, workers_of(measurement));
  set_cpu(env, out, measurement);
  set_warnings(env, out, measurement.meters.warnings);
  set_ring(env, out, measurement);
  out.Set("extentsBefore", object_or_null(env, measurement.extents_before));
  out.Set("extentsAfter", object_or_null(env, measurement.extents_after));
  set_integer(out, "preparationNs", measurement.preparation_ns);
  set_integer(out, "preparationBytesWritten", measurement.preparation_bytes);
  return out;
}

Napi::Object to_object(Napi::Env env, const ReplayMeasurement& measurement) {
  Napi::Object out = Napi::Object::New(env);
  Napi::Array rings = Napi::Array::New(env, measurement.rings.size());
  for (uint32_t i = 0; i < measurement.rings.size(); ++i) rings.Set(i, to_object(env, measurement.rings[i]));
  out.Set("rings", rings);
  set_integer(out, "callsFailed", measurement.calls_failed);
  set_integer(out, "callsLateNsMax", measurement.calls_late_ns_max);
  return out;
}

}  // namespace puntbench
