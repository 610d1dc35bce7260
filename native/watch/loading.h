#pragma once

#include <bpf/btf.h>
#include <bpf/libbpf.h>

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

// How many arguments a tracepoint of the kernel has; -1: the kernel has no such tracepoint. Modules are not looked at.
int tracepoint_arguments(const btf* kernel_types, const std::string& name);

// Reads a map that has one value for each possible CPU. Returns 0 or -errno.
int sum_over_cpus(int map, uint32_t key, uint64_t& sum);

}  // namespace puntbench
