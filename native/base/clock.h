#pragma once

#include <ctime>

#include <cstdint>

namespace puntbench {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kForever = UINT64_MAX;  // as a timeout in nanoseconds: no limit

template <class Timespec = timespec>
constexpr Timespec to_timespec(uint64_t ns) noexcept {
  Timespec time{};
  time.tv_sec = static_cast<decltype(time.tv_sec)>(ns / kNsPerSecond);
  time.tv_nsec = static_cast<decltype(time.tv_nsec)>(ns % kNsPerSecond);
  return time;
}

inline uint64_t read_clock_ns(clockid_t clock) noexcept {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * kNsPerSecond + static_cast<uint64_t>(time.tv_nsec);
}

// Monotonic wall clock; a vDSO read, no system call, where the clock source allows it.
inline uint64_t now_ns() noexcept { return read_clock_ns(CLOCK_MONOTONIC); }

// CPU time of the calling thread alone, exact to the nanosecond.
inline uint64_t thread_cpu_ns() noexcept { return read_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

inline void sleep_ns(uint64_t ns) noexcept {
  const timespec time = to_timespec(ns);
  nanosleep(&time, nullptr);
}

}  // namespace puntbench
