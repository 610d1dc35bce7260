#include "meters/punt_counter.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <cstdlib>

#include "base/small_file.h"
#include "meters/tracefs.h"

namespace puntbench {
namespace {

constexpr char kEventDirectory[] = "events/io_uring/io_uring_queue_async_work";

// REQ_F_FORCE_ASYNC_BIT has been 4 from 5.10 to 7.3: it mirrors IOSQE_ASYNC.
constexpr char kForcedFilter[] = "flags & 0x10";

// IORING_OP_FSYNC in include/uapi/linux/io_uring.h.
constexpr char kFsyncFilter[] = "opcode == 3";

bool has_field(const std::string& format, const std::string& name) {
  return format.find(' ' + name + ';') != std::string::npos;
}

// Where an event counts: one thread (0: the calling one), in the group of a leader (-1: it is the leader).
struct Place {
  pid_t thread = 0;
  int group_leader = -1;
};

FileDescriptor open_event(uint64_t id, const Place& place, Status& status) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.size = sizeof attributes;
  attributes.config = id;
  attributes.disabled = place.group_leader < 0;
  constexpr int kAnyCpu = -1;
  FileDescriptor event(static_cast<int>(syscall(SYS_perf_event_open, &attributes, place.thread, kAnyCpu,
                                                place.group_leader, PERF_FLAG_FD_CLOEXEC)));
  if (!event.valid()) status = Status::last_errno("perf_event_open");
  return event;
}

FileDescriptor open_filtered(uint64_t id, const std::string& filter, const Place& place, Status& status) {
  if (filter.empty()) return {};
  FileDescriptor event = open_event(id, place, status);
  if (event.valid() && ioctl(event.get(), PERF_EVENT_IOC_SET_FILTER, filter.c_str()) != 0) {
    status = Status::last_errno("PERF_EVENT_IOC_SET_FILTER");
  }
  return event;
}

std::optional<uint64_t> read_event(const FileDescriptor& event) {
  uint64_t hits = 0;
  if (!event.valid() || ::read(event.get(), &hits, sizeof hits) != sizeof hits) return std::nullopt;
  return hits;
}

}  // namespace

void choose_filters(const std::string& format, PuntTracepoint& tracepoint) {
  if (has_field(format, "flags")) tracepoint.forced_filter = kForcedFilter;
  if (has_field(format, "hashed")) tracepoint.hashed_filter = "hashed == 1";
  if (has_field(format, "rw")) tracepoint.hashed_filter = "rw == 1";
  if (has_field(format, "opcode")) tracepoint.fsync_filter = kFsyncFilter;
}

void PuntCounts::add(const PuntCounts& other) {
  const auto sum = [](const std::optional<uint64_t>& a, const std::optional<uint64_t>& b) {
    return a && b ? std::optional(*a + *b) : std::nullopt;
  };
  total = sum(total, other.total);
  forced = sum(forced, other.forced);
  hashed = sum(hashed, other.hashed);
  fsyncs = sum(fsyncs, other.fsyncs);
}

Status PuntTracepoint::find(PuntTracepoint& tracepoint) {
  Status status;
  FileDescriptor tracefs = open_tracefs(status);
  if (!status.ok()) return status;
  FileDescriptor event(openat(tracefs.get(), kEventDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!event.valid()) return Status::last_errno("open tracepoint");
  tracepoint.id = std::strtoull(read_small_file(event.get(), "id").c_str(), nullptr, 10);
  const std::string format = read_small_file(event.get(), "format");
  if (tracepoint.id == 0 || format.empty()) return {-EACCES, "read tracepoint format"};
  choose_filters(format, tracepoint);
  return status;
}

Status PuntCounter::open(const PuntTracepoint& tracepoint, Fsyncs fsyncs, pid_t submitter) {
  Status status;
  total_ = open_event(tracepoint.id, {submitter, -1}, status);
  if (!status.ok()) return status;
  const Place group{submitter, total_.get()};
  forced_ = open_filtered(tracepoint.id, tracepoint.forced_filter, group, status);
  if (!status.ok()) return status;
  hashed_ = open_filtered(tracepoint.id, tracepoint.hashed_filter, group, status);
  if (!status.ok() || fsyncs == Fsyncs::kNotCounted) return status;
  fsyncs_ = open_filtered(tracepoint.id, tracepoint.fsync_filter, group, status);
  return status;
}

void PuntCounter::start() noexcept {
  ioctl(total_.get(), PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
  ioctl(total_.get(), PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
}

void PuntCounter::stop() noexcept { ioctl(total_.get(), PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP); }

PuntCounts PuntCounter::read() const {
  return {read_event(total_), read_event(forced_), read_event(hashed_), read_event(fsyncs_)};
}

}  // namespace puntbench
