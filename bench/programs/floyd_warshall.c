// All shortest paths of a dense graph.
#include "kernel.h"

enum { kSide = 220 };

static int32_t distance[kSide][kSide];

static void ShortestPaths(void) {
  for (int k = 0; k < kSide; ++k) {
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) {
        const int32_t through = distance[i][k] + distance[k][j];
        if (through < distance[i][j]) distance[i][j] = through;
      }
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 59, checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) {
        const uint32_t random = (uint32_t)(NextRandom(&state) >> 32);
        distance[i][j] = random % 8 == 0 ? (int32_t)(random >> 20) : 1 << 20;
      }
    }
    ShortestPaths();
    for (int i = 0; i < kSide; ++i) {
      checksum = Fold(checksum, (uint32_t)distance[i][(i * 7) % kSide]);
    }
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 130, Run); }
