// Conway's game of life on a torus, one cell a byte.
#include "kernel.h"

enum { kSide = 512 };

static uint8_t grids[2][kSide][kSide];

static void Step(uint8_t (*from)[kSide], uint8_t (*to)[kSide]) {
  for (int y = 0; y < kSide; ++y) {
    const uint8_t* above = from[(y + kSide - 1) % kSide];
    const uint8_t* row = from[y];
    const uint8_t* below = from[(y + 1) % kSide];
    for (int x = 0; x < kSide; ++x) {
      const int l = (x + kSide - 1) % kSide;
      const int r = (x + 1) % kSide;
      const int neighbours = above[l] + above[x] + above[r] + row[l] + row[r] +
                             below[l] + below[x] + below[r];
      to[y][x] = neighbours == 3 || (neighbours == 2 && row[x]);
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 7;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x)
      grids[0][y][x] = NextRandom(&state) % 3 == 0;
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    Step(grids[round % 2], grids[(round + 1) % 2]);
  }
  uint64_t checksum = 0;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      checksum = Fold(checksum, grids[rounds % 2][y][x]);
    }
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 800, Run); }
