#pragma once

#include <cerrno>

namespace puntbench {

// Outcome of an operation that may fail for reasons outside the program.
// `error` is 0 or a negative errno; `operation` names the system call that failed.
struct Status {
  int error = 0;
  const char* operation = "";

  bool ok() const noexcept { return error == 0; }

  static Status last_errno(const char* operation) noexcept { return {-errno, operation}; }
};

}  // namespace puntbench
