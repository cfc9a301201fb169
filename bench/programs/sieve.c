// The sieve of Eratosthenes over bytes.
#include "kernel.h"

enum { kLimit = 2000000 };

static uint8_t composite[kLimit + 1];

static uint32_t CountPrimes(uint32_t limit) {
  memset(composite, 0, limit + 1);
  uint32_t count = 0;
  for (uint32_t i = 2; i <= limit; ++i) {
    if (composite[i]) continue;
    ++count;
    for (uint64_t j = (uint64_t)i * i; j <= limit; j += i) composite[j] = 1;
  }
  return count;
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    checksum = Fold(checksum, CountPrimes(kLimit - round * 100));
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 180, Run); }
