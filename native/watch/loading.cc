#include "watch/loading.h"

#include <bpf/bpf.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace puntbench {
namespace {

std::string last_message;
std::string verifier_log;

// The verifier's log is long. Why it refuses the program stands in the last line before the statistics.
std::string reason_in(const std::string& log) {
  const size_t statistics = log.find("\nprocessed ");
  const size_t end = statistics == std::string::npos ? log.rfind("\n-- END") : statistics;
  if (end == std::string::npos || end == 0) return "";
  const size_t begin = log.rfind('\n', end - 1);
  return begin == std::string::npos ? "" : log.substr(begin + 1, end - begin - 1);
}

int keep_message(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  std::vector<char> text(65536);
  vsnprintf(text.data(), text.size(), format, arguments);
  std::string message = text.data();
  if (const size_t log = message.find("-- BEGIN PROG LOAD LOG --"); log != std::string::npos) {
    verifier_log = reason_in(message.substr(log));
  }
  while (!message.empty() && message.back() == '\n') message.pop_back();
  last_message = message;
  return 0;
}

}  // namespace

void keep_messages() {
  libbpf_set_print(keep_message);
  last_message.clear();
  verifier_log.clear();
}

std::string kept_messages() { return verifier_log.empty() ? last_message : "the verifier says: " + verifier_log; }

int set_constant(bpf_object* object, const char* name, const void* value, size_t size) {
  bpf_map* rodata = bpf_object__find_map_by_name(object, ".rodata");
  if (rodata == nullptr) return -ENOENT;
  size_t section_size = 0;
  auto* memory = static_cast<char*>(const_cast<void*>(bpf_map__initial_value(rodata, &section_size)));
  const btf* types = bpf_object__btf(object);
  const btf_type* section = btf__type_by_id(types, bpf_map__btf_value_type_id(rodata));
  const btf_var_secinfo* variable = btf_var_secinfos(section);
  for (int i = 0; i < btf_vlen(section); ++i, ++variable) {
    const btf_type* type = btf__type_by_id(types, variable->type);
    if (strcmp(btf__name_by_offset(types, type->name_off), name) != 0) continue;
    if (variable->size != size || variable->offset + size > section_size) return -EINVAL;
    memcpy(memory + variable->offset, value, size);
    return 0;
  }
  return -ENOENT;
}

int choose_processes(bpf_object* object, bool everything, const std::string& name) {
  if (int error = set_constant(object, "watch_everything", everything)) return error;
  std::array<char, 16> constant{};
  name.copy(constant.data(), constant.size() - 1);
  return set_constant(object, "watched_name", constant);
}

int attach_programs(bpf_object* object, std::vector<std::unique_ptr<bpf_link, BpfClose>>& links) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    if (!bpf_program__autoload(program)) continue;
    bpf_link* link = bpf_program__attach(program);
    if (link == nullptr) return -errno;
    links.emplace_back(link);
  }
  return 0;
}

int tracepoint_arguments(const btf* kernel_types, const std::string& name) {
  const int id = btf__find_by_name_kind(kernel_types, ("btf_trace_" + name).c_str(), BTF_KIND_TYPEDEF);
  if (id < 0) return -1;
  const btf_type* pointer = btf__type_by_id(kernel_types, btf__type_by_id(kernel_types, id)->type);
  // The first parameter is the data of the callback.
  return btf_vlen(btf__type_by_id(kernel_types, pointer->type)) - 1;
}

int sum_over_cpus(int map, uint32_t key, uint64_t& sum) {
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return cpus;
  std::vector<uint64_t> values(static_cast<size_t>(cpus));
  if (bpf_map_lookup_elem(map, &key, values.data()) != 0) return -errno;
  sum = 0;
  for (const uint64_t value : values) sum += value;
  return 0;
}

}  // namespace puntbench
