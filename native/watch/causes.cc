#include "watch/causes.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "watch/watched_processes.h"

namespace puntbench {
namespace {

constexpr const char* kPuntTracepoint = "io_uring_queue_async_work";

bool is_function_probe(const bpf_program* program) {
  return strstr(bpf_program__section_name(program), "probe/") != nullptr;
}

// Each attempt to take a lock, each end of a bio.
bool is_hot(const std::string& name) { return name.find("trylock") != std::string::npos || name == "bio_refused"; }

bool kernel_has_kprobes() { return access("/sys/bus/event_source/devices/kprobe/type", R_OK) == 0; }

// Records of requests that did not punt end before `retry`.
int take_record(void* records, void* data, size_t size) {
  causes_record record{};
  memcpy(&record, data, std::min(size, sizeof record));
  static_cast<std::vector<causes_record>*>(records)->push_back(record);
  return 0;
}

// Reads and removes every value of a map.
template <typename Key, typename Value, typename Use>
void empty_map(int fd, const Use& use) {
  Key key{};
  std::vector<Key> keys;
  const void* previous = nullptr;
  for (Key next{}; bpf_map_get_next_key(fd, previous, &next) == 0; previous = &key) {
    key = next;
    keys.push_back(key);
  }
  Value value{};
  for (const Key& each : keys) {
    if (bpf_map_lookup_elem(fd, &each, &value) == 0) use(each, value);
    bpf_map_delete_elem(fd, &each);
  }
}

}  // namespace

int Causes::open(const CausesOptions& options, std::string& message) {
  keep_messages();
  message.clear();
  const auto fail = [&](int error) {
    if (message.empty()) message = kept_messages();
    buffer_.reset();
    links_.clear();
    object_.reset();
    return error;
  };
  every_request_ = options.every_request;
  functions_ = options.functions && kernel_has_kprobes();
  hot_functions_ = options.hot_functions;
  const std::unique_ptr<btf, BpfClose> types(btf__load_vmlinux_btf());
  if (!types) return fail(-errno);
  const int arguments = tracepoint_arguments(types.get(), kPuntTracepoint);
  if (arguments < 0) {
    message = std::string("this kernel has no tracepoint ") + kPuntTracepoint;
    return fail(-ENOENT);
  }
  object_.reset(bpf_object__open(options.object_path.c_str()));
  if (!object_) return fail(-errno);
  bpf_object* object = object_.get();
  const bool ring_comes_first = arguments > 2;
  if (int error = choose_processes(object, options.everything, options.name)) return fail(error);
  if (int error = set_constant(object, "every_request", options.every_request)) return fail(error);
  if (int error = set_constant(object, "records_per_period", options.records_per_period)) return fail(error);
  if (int error = set_constant(object, "ring_comes_first", ring_comes_first)) return fail(error);
  if (int error = set_constant(object, "sees_returns", functions_)) return fail(error);
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    if (is_function_probe(program)) bpf_program__set_autoload(program, functions_);
  }
  if (int error = bpf_object__load(object)) return fail(error);
  buffer_.reset(ring_buffer__new(map("records"), take_record, &taken_, nullptr));
  if (!buffer_) return fail(-errno);
  if (int error = resume()) return fail(error);
  return 0;
}

// What this kernel lacks is left out; without the punts themselves nothing can be seen.
int Causes::resume() {
  attached_.clear();
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    const std::string name = bpf_program__name(program);
    if (is_function_probe(program) && !functions_) continue;
    if (is_hot(name) && !hot_functions_) continue;
    bpf_link* link = bpf_program__attach(program);
    if (link != nullptr) {
      links_.emplace_back(link);
      attached_.push_back(name);
    } else if (name == "punt") {
      return -errno;
    }
  }
  return 0;
}

int Causes::pause() {
  links_.clear();
  std::vector<causes_record> unfinished;
  return read_unfinished(unfinished);
}

int Causes::add(uint32_t process) { return watch_process(map("watched_processes"), process); }

int Causes::remove(uint32_t process) { return unwatch_process(map("watched_processes"), process); }

int Causes::read(std::vector<causes_record>& records, bool all) {
  const int error = ring_buffer__consume(buffer_.get());
  records.swap(taken_);
  taken_.clear();
  if (error < 0) return error;
  if (all) read_unfinished(records);
  return 0;
}

int Causes::read_unfinished(std::vector<causes_record>& records) {
  empty_map<uint64_t, causes_record>(map("punts"), [&](uint64_t, const causes_record& record) {
    records.push_back(record);
  });
  empty_map<uint32_t, causes_thread>(map("threads"), [&](uint32_t id, const causes_thread& thread) {
    if (!every_request_ || thread.request == 0 || thread.is_retry != 0) return;
    causes_record record{};
    record.request = thread.request;
    record.process = static_cast<uint32_t>(getpid());
    record.thread = id;
    record.inline_attempt = thread.attempt;
    records.push_back(record);
  });
  return 0;
}

int Causes::lost(uint64_t& count) const { return sum_over_cpus(map("lost"), 0, count); }

}  // namespace puntbench
