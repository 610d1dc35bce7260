#include "watch/record.h"

#include <bpf/bpf.h>
#include <linux/io_uring.h>

#include <cerrno>
#include <cstring>

#include "watch/watched_processes.h"

namespace puntbench {
namespace {

struct Candidate {
  const char* program;
  const char* tracepoint;
  int arguments;
};

// include/trace/events/io_uring.h from Linux 6.0 on: one of each event.
constexpr Candidate kCandidates[] = {
    {"record_submit_req", "io_uring_submit_req", 1},        {"record_submit_sqe", "io_uring_submit_sqe", 2},
    {"record_handover", "io_uring_queue_async_work", 2},    {"record_complete_cqe", "io_uring_complete", 3},
    {"record_complete", "io_uring_complete", 7},
};
constexpr size_t kEvents = 3;

size_t choose_programs(bpf_object* object, const btf* types) {
  size_t chosen = 0;
  for (const Candidate& candidate : kCandidates) {
    const bool fits = tracepoint_arguments(types, candidate.tracepoint) == candidate.arguments;
    bpf_program__set_autoload(bpf_object__find_program_by_name(object, candidate.program), fits);
    chosen += fits ? 1 : 0;
  }
  return chosen;
}

RecordRow row_of(const record_submit& event) {
  RecordRow row;
  row.at_ns = event.at_ns;
  row.latency_ns = ~uint64_t{0};
  row.ring = event.ring;
  row.offset = event.offset;
  row.length = event.length;
  row.thread = event.thread;
  row.process = event.process;
  row.op_flags = event.op_flags;
  row.ring_flags = event.ring_flags;
  row.operation = event.opcode;
  row.sqe_flags = event.sqe_flags;
  return row;
}

RecordRow row_of(const record_call& event) {
  RecordRow row;
  row.at_ns = event.at_ns;
  row.inode = event.inode;
  row.offset = event.offset;
  row.length = event.length;
  row.size_after = event.size_after;
  row.device = event.device;
  row.result = event.result;
  row.thread = event.thread;
  row.process = event.process;
  row.op_flags = event.flags;
  row.file_flags = event.file_flags;
  row.operation = static_cast<uint16_t>(event.call);
  return row;
}

template <typename Event>
const Event& as(const void* data) {
  return *static_cast<const Event*>(data);
}

}  // namespace

int Record::load(const RecordOptions& options, std::string& message) {
  const std::unique_ptr<btf, BpfClose> types(btf__load_vmlinux_btf());
  if (!types) return -errno;
  object_.reset(bpf_object__open(options.object_path.c_str()));
  if (!object_) return -errno;
  if (choose_programs(object_.get(), types.get()) != kEvents) {
    message = "this kernel's tracepoints of io_uring have unknown arguments";
    return -ENOENT;
  }
  if (int error = choose_processes(object_.get(), options.everything, options.name)) return error;
  bpf_map__set_max_entries(bpf_object__find_map_by_name(object_.get(), "events"), options.buffer_bytes);
  if (int error = bpf_object__load(object_.get())) return error;
  buffer_.reset(ring_buffer__new(map("events"), take, this, nullptr));
  if (!buffer_) return -errno;
  return attach_programs(object_.get(), links_);
}

int Record::open(const RecordOptions& options, std::string& message) {
  keep_messages();
  message.clear();
  const int error = load(options, message);
  if (error == 0) return 0;
  if (message.empty()) message = kept_messages();
  links_.clear();
  buffer_.reset();
  object_.reset();
  return error;
}

int Record::add(uint32_t process) { return watch_process(map("watched_processes"), process); }

int Record::remove(uint32_t process) { return unwatch_process(map("watched_processes"), process); }

int Record::take(void* self, void* data, size_t) {
  Record& record = *static_cast<Record*>(self);
  switch (as<uint32_t>(data)) {
    case RECORD_SUBMIT:
      record.submitted(as<record_submit>(data));
      break;
    case RECORD_HANDOVER:
      record.handed_over(as<record_handover>(data));
      break;
    case RECORD_COMPLETE:
      record.completed(as<record_complete>(data));
      break;
    case RECORD_CALL:
      record.rows_.push_back(row_of(as<record_call>(data)));
      break;
    case RECORD_PATH: {
      const auto& event = as<record_path>(data);
      record.paths_.push_back({event.at_ns, event.inode, event.device, event.process, event.call,
                               std::string(event.path, strnlen(event.path, sizeof event.path))});
      break;
    }
  }
  return 0;
}

// A request that is taken again at an address has ended without a completion (IOSQE_CQE_SKIP_SUCCESS).
void Record::submitted(const record_submit& event) {
  auto [place, is_new] = under_way_.try_emplace(event.request);
  if (!is_new) {
    place->second.outcome = kRecordUnknown;
    rows_.push_back(place->second);
  }
  place->second = row_of(event);
}

void Record::handed_over(const record_handover& event) {
  const auto found = under_way_.find(event.request);
  // The first hand-over tells why.
  if (found == under_way_.end() || found->second.outcome != kRecordInline) return;
  const bool forced = (event.sqe_flags & IOSQE_ASYNC) != 0;
  const bool drained = (event.sqe_flags & IOSQE_IO_DRAIN) != 0;
  found->second.outcome = !forced ? kRecordPunted : drained ? kRecordDrained : kRecordForced;
}

void Record::completed(const record_complete& event) {
  const auto found = under_way_.find(event.request);
  if (found == under_way_.end()) {
    ++unmatched_;
    return;
  }
  RecordRow& row = found->second;
  row.latency_ns = event.at_ns - row.at_ns;
  row.result = event.result;
  row.inode = event.inode;
  row.device = event.device;
  row.file_flags = event.file_flags;
  if (row.outcome == kRecordInline && event.by_worker != 0) row.outcome = kRecordChained;
  rows_.push_back(row);
  under_way_.erase(found);
}

int Record::read(std::vector<RecordRow>& rows, std::vector<RecordPath>& paths, bool all) {
  const int error = ring_buffer__consume(buffer_.get());
  if (error < 0) return error;
  if (all) {
    for (auto& [request, row] : under_way_) {
      row.outcome = kRecordUnknown;
      rows_.push_back(row);
    }
    under_way_.clear();
  }
  rows.swap(rows_);
  paths.swap(paths_);
  rows_.clear();
  paths_.clear();
  return 0;
}

int Record::lost(uint64_t& count) const { return sum_over_cpus(map("lost"), 0, count); }

}  // namespace puntbench
