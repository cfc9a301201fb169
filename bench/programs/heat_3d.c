// The heat equation in three dimensions.
#include "kernel.h"

enum { kSide = 40 };

typedef double Grid[kSide][kSide][kSide];
static Grid a, b;

static void Sweep(Grid from, Grid to) {
  for (int i = 1; i < kSide - 1; ++i) {
    for (int j = 1; j < kSide - 1; ++j) {
      for (int k = 1; k < kSide - 1; ++k) {
        const double centre = from[i][j][k];
        to[i][j][k] =
            0.125 * (from[i + 1][j][k] - 2 * centre + from[i - 1][j][k]) +
            0.125 * (from[i][j + 1][k] - 2 * centre + from[i][j - 1][k]) +
            0.125 * (from[i][j][k + 1] - 2 * centre + from[i][j][k - 1]) +
            centre;
      }
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      for (int k = 0; k < kSide; ++k) {
        a[i][j][k] = b[i][j][k] = (i + j + (kSide - k)) * 10.0 / kSide;
      }
    }
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    Sweep(a, b);
    Sweep(b, a);
  }
  return FoldDoubles(0, &a[0][0][0], kSide * kSide * kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 4500, Run); }
