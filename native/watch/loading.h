#pragma once

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <memory>
#include <string>
#include <vector>

// What every loader of BPF programs here does with libbpf.
namespace puntbench {

// Frees what libbpf made.
struct BpfClose {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
  void operator()(ring_buffer* buffer) const { ring_buffer__free(buffer); }
  void operator()(btf* types) const { btf__free(types); }
};

// Forgets what libbpf printed, and keeps what it prints from now on. It prints through one function per process.
void keep_messages();
// Its last message, or why the verifier refused a program. One line.
std::string kept_messages();

// Writes a `const volatile` global before the load. It is found by its name in the object's own types.
int set_constant(bpf_object* object, const char* name, const void* value, size_t size);

template <typename Value>
int set_constant(bpf_object* object, const char* name, const Value& value) {
  return set_constant(object, name, &value, sizeof value);
}

// The constants of bpf/followed.h: every process, or every program of this name besides those that are added.
int choose_processes(bpf_object* object, bool everything, const std::string& name);

// Attaches every program that was loaded. Returns 0 or -errno.
int attach_programs(bpf_object* object, std::vector<std::unique_ptr<bpf_link, BpfClose>>& links);

// How many arguments a tracepoint of the kernel has; -1: the kernel has no such tracepoint. Modules are not looked at.
int tracepoint_arguments(const btf* kernel_types, const std::string& name);

// Reads a map that has one value for each possible CPU. Returns 0 or -errno.
int sum_over_cpus(int map, uint32_t key, uint64_t& sum);

}  // namespace puntbench
