#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bpf/record.h"
#include "watch/loading.h"

namespace puntbench {

// How a request was executed.
enum RecordOutcome : uint8_t {
  kRecordInline,
  kRecordPunted,   // by a worker, after a refused attempt
  kRecordForced,   // by a worker, without an attempt: IOSQE_ASYNC, or the operation always does
  kRecordDrained,  // by a worker, without an attempt: IOSQE_IO_DRAIN
  kRecordChained,  // by the worker that had the request linked before it
  kRecordUnknown   // its completion was not seen
};

// A request from submission to completion, or a system call. The TypeScript side reads this layout.
struct RecordRow {
  uint64_t at_ns = 0;
  uint64_t latency_ns = 0;  // ~0: its completion was not seen
  uint64_t ring = 0;        // 0: a system call
  uint64_t inode = 0;       // 0: no file
  uint64_t offset = 0;      // ~0: the file's position
  uint64_t length = 0;      // bytes; of a vectored request the number of its buffers
  int64_t size_after = -1;  // of the file after a system call
  uint32_t device = 0;
  int32_t result = 0;
  uint32_t thread = 0;
  uint32_t process = 0;
  uint32_t op_flags = 0;
  uint32_t ring_flags = 0;
  uint16_t operation = 0;  // IORING_OP_*, or enum record_call_kind
  uint8_t sqe_flags = 0;
  uint8_t outcome = kRecordInline;
  uint32_t file_flags = 0;  // O_* of the descriptor
};
static_assert(sizeof(RecordRow) == 88);

struct RecordPath {
  uint64_t at_ns;
  uint64_t inode;
  uint32_t device;
  uint32_t process;
  uint32_t call;
  std::string path;
};

struct RecordOptions {
  std::string object_path;
  bool everything = false;
  std::string name;  // of programs that are recorded from their start on; at most 15 bytes count
  uint32_t buffer_bytes = 1 << 26;  // a power of two
};

// The BPF programs of record, loaded and attached, and what they send put together.
class Record {
 public:
  int open(const RecordOptions& options, std::string& message);
  int add(uint32_t process);
  int remove(uint32_t process);
  // What ended since the last call. `all`: also the requests that are still under way, with an unknown outcome.
  int read(std::vector<RecordRow>& rows, std::vector<RecordPath>& paths, bool all);
  // Events that found no room.
  int lost(uint64_t& count) const;
  // Completions of requests that were submitted before the recording began.
  uint64_t unmatched() const { return unmatched_; }

 private:
  static int take(void* self, void* data, size_t size);
  void submitted(const record_submit& event);
  void handed_over(const record_handover& event);
  void completed(const record_complete& event);
  int load(const RecordOptions& options, std::string& message);
  int map(const char* name) const { return bpf_object__find_map_fd_by_name(object_.get(), name); }

  std::unique_ptr<bpf_object, BpfClose> object_;
  std::vector<std::unique_ptr<bpf_link, BpfClose>> links_;
  std::unique_ptr<ring_buffer, BpfClose> buffer_;
  std::unordered_map<uint64_t, RecordRow> under_way_;  // by the address of the request
  std::vector<RecordRow> rows_;
  std::vector<RecordPath> paths_;
  uint64_t unmatched_ = 0;
};

}  // namespace puntbench
