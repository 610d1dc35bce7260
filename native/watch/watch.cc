#include "watch/watch.h"

#include <bpf/bpf.h>

#include <cerrno>

namespace puntbench {
namespace {

// Kernels rename tracepoints, so BTF is asked.
int check_tracepoints(bpf_object* object, std::string& message) {
  const std::unique_ptr<btf, BpfClose> types(btf__load_vmlinux_btf());
  if (!types) return -errno;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    const std::string section = bpf_program__section_name(program);
    const std::string tracepoint = section.substr(section.find('/') + 1);
    if (tracepoint_arguments(types.get(), tracepoint) >= 0) continue;
    message = "this kernel has no tracepoint " + tracepoint;
    return -ENOENT;
  }
  return 0;
}

}  // namespace

int Watch::open(const WatchOptions& options, std::string& message) {
  keep_messages();
  message.clear();
  const auto fail = [&](int error) {
    if (message.empty()) message = kept_messages();
    links_.clear();
    object_.reset();
    return error;
  };
  object_.reset(bpf_object__open(options.object_path.c_str()));
  if (!object_) return fail(-errno);
  if (int error = check_tracepoints(object_.get(), message)) return fail(error);
  const uint32_t shift = options.sample_shift;
  if (int error = set_constant(object_.get(), "watch_everything", options.everything)) return fail(error);
  if (int error = set_constant(object_.get(), "sample_shift", shift)) return fail(error);
  if (int error = bpf_object__load(object_.get())) return fail(error);
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    bpf_link* link = bpf_program__attach(program);
    if (link == nullptr) return fail(-errno);
    links_.emplace_back(link);
  }
  return 0;
}

int Watch::add(uint32_t process) {
  const uint8_t yes = 1;
  return bpf_map_update_elem(map("watched_processes"), &process, &yes, BPF_ANY) == 0 ? 0 : -errno;
}

int Watch::remove(uint32_t process) {
  return bpf_map_delete_elem(map("watched_processes"), &process) == 0 ? 0 : -errno;
}

int Watch::read(std::vector<WatchRow>& rows) const {
  const int fd = map("rows");
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return cpus;
  // A per-CPU map gives one value for each possible CPU, padded to 8 bytes; watch_counts is a multiple of 8.
  std::vector<watch_counts> values(static_cast<size_t>(cpus));
  watch_key key{};
  const void* previous = nullptr;
  watch_key next{};
  while (bpf_map_get_next_key(fd, previous, &next) == 0) {
    key = next;
    previous = &key;
    if (bpf_map_lookup_elem(fd, &key, values.data()) != 0) continue;
    WatchRow row{key, {}};
    for (const watch_counts& value : values) {
      row.counts.requests += value.requests;
      row.counts.punts += value.punts;
      row.counts.forced += value.forced;
      row.counts.failed += value.failed;
      row.counts.bytes += value.bytes;
      for (int i = 0; i < WATCH_BUCKETS; ++i) {
        row.counts.inline_ns[i] += value.inline_ns[i];
        row.counts.punted_ns[i] += value.punted_ns[i];
      }
    }
    rows.push_back(row);
  }
  return errno == ENOENT ? 0 : -errno;
}

int Watch::lost(uint64_t (&losses)[WATCH_LOSSES]) const {
  for (uint32_t what = 0; what < WATCH_LOSSES; ++what) {
    if (const int error = sum_over_cpus(map("losses"), what, losses[what])) return error;
  }
  return 0;
}

}  // namespace puntbench
