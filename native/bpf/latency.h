/* Latencies in log-linear buckets, see watch.h. */
#pragma once

static __always_inline __u32 bucket_of(__u64 ns) {
  if (ns < (1ULL << WATCH_FIRST_POWER)) return 0;
  __u32 power = 0;
  __u64 rest = ns;
  /* floor(log2(ns)) by halves: clang 14 has no instruction for it in BPF. */
  if (rest >> 32) rest >>= 32, power += 32;
  if (rest >> 16) rest >>= 16, power += 16;
  if (rest >> 8) rest >>= 8, power += 8;
  if (rest >> 4) rest >>= 4, power += 4;
  if (rest >> 2) rest >>= 2, power += 2;
  if (rest >> 1) power += 1;
  __u32 quarter = (ns >> (power - 2)) & 3;
  __u32 bucket = (power - WATCH_FIRST_POWER) * 4 + quarter;
  return bucket < WATCH_BUCKETS ? bucket : WATCH_BUCKETS - 1;
}
