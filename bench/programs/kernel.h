// What every kernel of this folder shares: its command line, a generator of
// reproducible input, and a checksum.
//
// A kernel is a function of the number of rounds. Its program prints one line,
// the checksum, to standard output: it depends on the rounds alone, so every
// engine and the native build must print the same. The time that the rounds
// took, without start-up and compilation ahead of time, goes to standard error
// as "seconds=0.123456".
#ifndef WASIJIT_BENCH_PROGRAMS_KERNEL_H_
#define WASIJIT_BENCH_PROGRAMS_KERNEL_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t (*Kernel)(uint32_t rounds);

static inline double SecondsNow(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// The body of main. The first argument, when given, replaces `rounds`, which
// should take half a second to a second natively.
static inline int RunKernel(int argc, char** argv, uint32_t rounds,
                            Kernel kernel) {
  if (argc > 1) rounds = (uint32_t)strtoul(argv[1], NULL, 10);
  const double start = SecondsNow();
  const uint64_t checksum = kernel(rounds);
  const double elapsed = SecondsNow() - start;
  printf("%016llx\n", (unsigned long long)checksum);
  fprintf(stderr, "seconds=%.6f\n", elapsed);
  return 0;
}

// xorshift64*, Marsaglia 2003 and Vigna 2016. The state must not be zero.
static inline uint64_t NextRandom(uint64_t* state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1dull;
}

// Uniform in [0, 1).
static inline double NextUnit(uint64_t* state) {
  return (double)(NextRandom(state) >> 11) * 0x1p-53;
}

static inline uint64_t Fold(uint64_t checksum, uint64_t value) {
  return (checksum ^ value) * 0x9e3779b97f4a7c15ull + (checksum >> 29);
}

static inline uint64_t FoldDouble(uint64_t checksum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return Fold(checksum, bits);
}

static inline uint64_t FoldDoubles(uint64_t checksum, const double* values,
                                   size_t count) {
  for (size_t i = 0; i < count; ++i) checksum = FoldDouble(checksum, values[i]);
  return checksum;
}

#endif  // WASIJIT_BENCH_PROGRAMS_KERNEL_H_
