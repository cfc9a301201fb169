// Copies, moves, fills and compares blocks of many sizes with the C library.
#include "kernel.h"

enum { kSize = 1 << 20 };

static uint8_t source[kSize], target[kSize];

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 29, checksum = 0;
  for (int i = 0; i < kSize; ++i) source[i] = (uint8_t)NextRandom(&state);
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < 2000; ++i) {
      const uint64_t random = NextRandom(&state);
      const uint32_t size = (uint32_t)random & ((16u << (random >> 60)) - 1);
      const uint32_t from = (uint32_t)(random >> 20) % (kSize - size);
      const uint32_t to = (uint32_t)(random >> 40) % (kSize - size);
      switch (i % 4) {
        case 0:
          memcpy(target + to, source + from, size);
          break;
        case 1:
          memmove(target + to, target + from, size);
          break;
        case 2:
          memset(target + to, i, size);
          break;
        default:
          checksum += (uint64_t)(memcmp(target + to, source + to, size) == 0);
      }
    }
    checksum = Fold(checksum, target[round % kSize]);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 600, Run); }
