#pragma once

#include <bpf/libbpf.h>

#include <memory>
#include <string>
#include <vector>

#include "bpf/causes.h"
#include "watch/loading.h"

namespace puntbench {

struct CausesOptions {
  std::string object_path;     // the compiled BPF programs
  bool everything = false;     // every process; else those given to `add`, and their children
  std::string name;            // also programs of this name, from their start on
  bool every_request = false;  // records also of requests that do not punt
  bool functions = false;      // also probes of kernel functions, where the kernel has kprobes
  bool hot_functions = false;  // also what every process calls all the time: slow
  uint32_t records_per_period = 0;
};

// The BPF programs that record why requests punt. They end with this object, or with the process.
class Causes {
 public:
  // Loads and attaches. Returns 0 or -errno; `message` then says what libbpf or the verifier said.
  int open(const CausesOptions& options, std::string& message);
  int add(uint32_t process);
  int remove(uint32_t process);
  // While paused nothing is recorded, and nothing costs time. Open programs are not paused.
  int pause();
  int resume();
  // Names of the attached programs: the steps that can be seen.
  const std::vector<std::string>& attached() const { return attached_; }
  // Takes the records out of the ring buffer. With `all` also those whose request has not been seen to end.
  int read(std::vector<causes_record>& records, bool all);
  // Records that did not fit into the ring buffer since `open`.
  int lost(uint64_t& count) const;

 private:
  int read_unfinished(std::vector<causes_record>& records);
  int map(const char* name) const { return bpf_object__find_map_fd_by_name(object_.get(), name); }

  std::unique_ptr<bpf_object, BpfClose> object_;
  std::vector<std::unique_ptr<bpf_link, BpfClose>> links_;
  std::unique_ptr<ring_buffer, BpfClose> buffer_;
  std::vector<std::string> attached_;
  std::vector<causes_record> taken_;
  bool every_request_ = false;
  bool functions_ = false;
  bool hot_functions_ = false;
};

}  // namespace puntbench
