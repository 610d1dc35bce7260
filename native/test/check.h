#pragma once

#include <atomic>
#include <cstdio>
#include <string>

// What the files of the core's test share.

inline int failures = 0;

inline void check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::printf("not ok: %s:%d: %s\n", file, line, what);
  ++failures;
}
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

inline const std::atomic<bool> kNever{false};

// The queue, the loop over a backend that is made up, and the readers of the kernel's texts.
void test_without_kernel();

// Requests of two rings and the system calls between them. `directory` can do O_DIRECT.
void test_replay(const std::string& directory);
