#include "watch/watch.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace puntbench {
namespace {

// libbpf prints through one function for the whole process. The verifier prints its reason as the last line of its
// log, and libbpf a summary behind it: the last two messages say what went wrong.
std::string last_message;
std::string verifier_log;

int keep_message(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  std::vector<char> text(65536);
  vsnprintf(text.data(), text.size(), format, arguments);
  std::string message = text.data();
  if (const size_t log = message.find("-- BEGIN PROG LOAD LOG --"); log != std::string::npos) {
    if (message.size() > log + 400) message = "..." + message.substr(message.size() - 400);
    verifier_log = message;
  }
  while (!message.empty() && message.back() == '\n') message.pop_back();
  last_message = message;
  return 0;
}

// Kernels rename tracepoints, so BTF is asked.
bool kernel_has_tracepoint(const btf* types, const std::string& name) {
  return btf__find_by_name_kind(types, ("btf_trace_" + name).c_str(), BTF_KIND_TYPEDEF) > 0;
}

int check_tracepoints(bpf_object* object) {
  btf* types = btf__load_vmlinux_btf();
  if (types == nullptr) return -errno;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    const std::string section = bpf_program__section_name(program);
    const std::string tracepoint = section.substr(section.find('/') + 1);
    if (kernel_has_tracepoint(types, tracepoint)) continue;
    last_message = "this kernel has no tracepoint " + tracepoint;
    btf__free(types);
    return -ENOENT;
  }
  btf__free(types);
  return 0;
}

struct Constants {  // of watch.bpf.c, in the order of its .rodata
  const char* name;
  const void* value;
  size_t size;
};

// Writes a `const volatile` global before the load; found by its name in the object's own types.
int set_constant(bpf_object* object, const Constants& constant) {
  bpf_map* rodata = bpf_object__find_map_by_name(object, ".rodata");
  if (rodata == nullptr) return -ENOENT;
  size_t size = 0;
  auto* memory = static_cast<char*>(const_cast<void*>(bpf_map__initial_value(rodata, &size)));
  const btf* types = bpf_object__btf(object);
  const btf_type* section = btf__type_by_id(types, bpf_map__btf_value_type_id(rodata));
  const btf_var_secinfo* variable = btf_var_secinfos(section);
  for (int i = 0; i < btf_vlen(section); ++i, ++variable) {
    const btf_type* type = btf__type_by_id(types, variable->type);
    if (strcmp(btf__name_by_offset(types, type->name_off), constant.name) != 0) continue;
    if (variable->size != constant.size || variable->offset + variable->size > size) return -EINVAL;
    memcpy(memory + variable->offset, constant.value, constant.size);
    return 0;
  }
  return -ENOENT;
}

}  // namespace

int Watch::open(const WatchOptions& options, std::string& message) {
  libbpf_set_print(keep_message);
  last_message.clear();
  verifier_log.clear();
  const auto fail = [&](int error) {
    message = verifier_log.empty() ? last_message : last_message + "\n" + verifier_log;
    links_.clear();
    object_.reset();
    return error;
  };
  object_.reset(bpf_object__open(options.object_path.c_str()));
  if (!object_) return fail(-errno);
  if (int error = check_tracepoints(object_.get())) return fail(error);
  const uint32_t shift = options.sample_shift;
  if (int error = set_constant(object_.get(), {"watch_everything", &options.everything, sizeof options.everything})) {
    return fail(error);
  }
  if (int error = set_constant(object_.get(), {"sample_shift", &shift, sizeof shift})) return fail(error);
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
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return cpus;
  std::vector<uint64_t> values(static_cast<size_t>(cpus));
  for (uint32_t what = 0; what < WATCH_LOSSES; ++what) {
    if (bpf_map_lookup_elem(map("losses"), &what, values.data()) != 0) return -errno;
    losses[what] = 0;
    for (const uint64_t value : values) losses[what] += value;
  }
  return 0;
}

}  // namespace puntbench
