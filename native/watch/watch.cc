#include "watch/watch.h"

#include <bpf/bpf.h>

#include <array>
#include <cerrno>

#include "watch/programs.h"
#include "watch/watched_processes.h"

namespace puntbench {
int Watch::load(const WatchOptions& options, std::string& message) {
  object_.reset(bpf_object__open(options.object_path.c_str()));
  if (!object_) return -errno;
  ChosenPrograms chosen;
  if (int error = choose_programs(object_.get(), options.everything, chosen, message)) return error;
  sees_stalls_ = chosen.see_stalls;
  if (chosen.name_requests) {
    bpf_map__set_max_entries(bpf_object__find_map_by_name(object_.get(), "pending_completions"), 1);
  }
  const uint32_t shift = options.sample_shift;
  if (int error = choose_processes(object_.get(), options.everything, options.name)) return error;
  if (int error = set_constant(object_.get(), "sample_shift", shift)) return error;
  if (int error = rows_.size_maps(object_.get())) return error;
  if (int error = bpf_object__load(object_.get())) return error;
  if (int error = rows_.open(object_.get())) return error;
  return attach_programs(object_.get(), links_);
}

int Watch::open(const WatchOptions& options, std::string& message) {
  keep_messages();
  message.clear();
  const int error = load(options, message);
  if (error == 0) return 0;
  if (message.empty()) message = kept_messages();
  links_.clear();
  object_.reset();
  return error;
}

int Watch::add(uint32_t process) { return watch_process(map("watched_processes"), process); }

int Watch::remove(uint32_t process) { return unwatch_process(map("watched_processes"), process); }

// Taken out of the map, so that the largest is that of this period. A program that had found the place just before may
// still add to it; one such moment in thousands of intervals is lost.
int Watch::take_stalls(std::vector<WatchStalls>& added) {
  const int fd = map("stalls");
  WatchStalls row{};
  while (bpf_map_get_next_key(fd, nullptr, &row.process) == 0) {
    if (bpf_map_lookup_and_delete_elem(fd, &row.process, &row.stalls) != 0) return -errno;
    added.push_back(row);
  }
  return 0;
}

int Watch::lost(WatchLosses& losses) const {
  for (uint32_t what = 0; what < WATCH_LOSSES; ++what) {
    if (const int error = sum_over_cpus(map("losses"), what, losses.by_reason[what])) return error;
  }
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    if (!bpf_program__autoload(program)) continue;
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) return -errno;
    losses.missed_events += info.recursion_misses;
  }
  return 0;
}

}  // namespace puntbench
