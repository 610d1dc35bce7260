#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bpf/watch.h"
#include "watch/loading.h"
#include "watch/rows.h"

namespace puntbench {

struct WatchStalls {
  uint32_t process;
  watch_stalls stalls;
};

struct WatchOptions {
  std::string object_path;  // the compiled BPF programs
  bool everything = false;  // every process; else those given to `add`
  std::string name;         // also every program of this name that starts later; "": none
  unsigned sample_shift = 0;
};

// What is not in the counts, since `open`.
struct WatchLosses {
  uint64_t by_reason[WATCH_LOSSES] = {};
  uint64_t missed_events = 0;  // the kernel did not run a program, because that program ran on the same CPU already
};

// The BPF programs, loaded and attached. They end with this object, or with the process, whatever ends it.
class Watch {
 public:
  // Loads and attaches. Returns 0 or -errno; `message` then holds the last line that libbpf printed.
  int open(const WatchOptions& options, std::string& message);
  // -ENOSPC: too many processes, of which the lowest bits of the id are the same.
  int add(uint32_t process);
  int remove(uint32_t process);
  // What was added since the last call, or since `open`. Returns 0 or -errno.
  int take(AddedRows& added) { return rows_.take(added); }
  // How often and how long the threads of each process were blocked while they submitted, since the last call.
  int take_stalls(std::vector<WatchStalls>& added);
  // Whether this kernel lets the programs see that.
  bool sees_stalls() const { return sees_stalls_; }
  int lost(WatchLosses& losses) const;

 private:
  int map(const char* name) const { return bpf_object__find_map_fd_by_name(object_.get(), name); }
  int load(const WatchOptions& options, std::string& message);

  std::unique_ptr<bpf_object, BpfClose> object_;
  std::vector<std::unique_ptr<bpf_link, BpfClose>> links_;
  Rows rows_;
  bool sees_stalls_ = false;
};

}  // namespace puntbench
