#pragma once

#include <algorithm>

#include "addon/values.h"
#include "loop/trial.h"

// Reads what a trial is asked to do; `TrialRequest` in native/index.ts.

namespace puntbench {

// What is absent is the default.
inline RequestKind kind_of(const Napi::Object& from) {
  RequestKind kind;
  if (from.Get("operation").IsString()) kind.operation = named(from, "operation", operation_named);
  if (from.Get("io").IsString()) kind.io = named(from, "io", io_named);
  if (from.Get("durability").IsString()) kind.durability = named(from, "durability", durability_named);
  if (from.Get("readPercent").IsNumber()) kind.read_percent = static_cast<uint32_t>(integer(from, "readPercent"));
  if (from.Get("groupWrites").IsNumber()) kind.group_writes = static_cast<uint32_t>(integer(from, "groupWrites"));
  kind.vectored = flag(from, "vectored");
  kind.fixed_files = flag(from, "fixedFiles");
  return kind;
}

inline TrialRequest to_request(const Napi::Object& from) {
  TrialRequest request;
  request.path = text(from, "path");
  if (from.Get("device").IsNumber()) request.device = static_cast<dev_t>(integer(from, "device"));
  request.preparation = named(from, "preparation", preparation_named);
  request.arm = named(from, "arm", arm_named);
  request.queue_depth = static_cast<uint32_t>(integer(from, "queueDepth"));
  request.sizes.smallest_bytes = static_cast<uint32_t>(integer(from, "blockSizeBytes"));
  request.sizes.largest_bytes = request.sizes.smallest_bytes;
  if (from.Get("blockSizeMaxBytes").IsNumber()) {
    const auto largest = static_cast<uint32_t>(integer(from, "blockSizeMaxBytes"));
    request.sizes.largest_bytes = std::max(largest, request.sizes.smallest_bytes);
  }
  request.file_bytes = integer(from, "fileSizeBytes");
  request.order = named(from, "order", order_named);
  if (from.Get("files").IsNumber()) request.files = static_cast<uint32_t>(integer(from, "files"));
  if (from.Get("rings").IsNumber()) request.rings = static_cast<uint32_t>(integer(from, "rings"));
  if (from.Get("statIntervalNs").IsNumber()) request.stat_interval_ns = integer(from, "statIntervalNs");
  if (from.Get("extents").IsNumber()) request.extents = static_cast<uint32_t>(integer(from, "extents"));
  if (from.Get("inode").IsString()) request.cold_inodes = text(from, "inode") == "cold";
  if (from.Get("pageCache").IsString()) request.fill_page_cache = text(from, "pageCache") == "filled";
  request.seed = integer(from, "seed");
  request.kind = kind_of(from);
  request.interval_ns = integer(from, "intervalNs");
  if (from.Get("thinkRequests").IsNumber()) request.think_requests = static_cast<uint32_t>(integer(from, "thinkRequests"));
  if (from.Get("thinkTimeNs").IsNumber()) request.think_ns = integer(from, "thinkTimeNs");
  if (from.Get("rampNs").IsNumber()) request.ramp_ns = integer(from, "rampNs");
  if (from.Get("durationNs").IsNumber()) request.duration_ns = integer(from, "durationNs");
  request.registered_buffers = flag(from, "registeredBuffers");
  request.settle_ns = integer(from, "settleNs");
  request.count_workers_once = flag(from, "countWorkersOnce");
  request.keep_file = flag(from, "keepFile");
  if (from.Get("ring").IsString()) request.ring = named(from, "ring", ring_mode_named);
  if (from.Get("iowqWorkers").IsNumber()) request.iowq_workers = static_cast<uint32_t>(integer(from, "iowqWorkers"));
  request.drained = flag(from, "drained");
  request.existing_file = flag(from, "existingFile");
  request.prepare_only = flag(from, "prepareOnly");
  return request;
}

}  // namespace puntbench
