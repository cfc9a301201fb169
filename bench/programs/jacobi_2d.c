// Five-point stencil from one grid to another and back.
#include "kernel.h"

enum { kSide = 250 };

static double a[kSide][kSide], b[kSide][kSide];

static void Sweep(double (*from)[kSide], double (*to)[kSide]) {
  for (int i = 1; i < kSide - 1; ++i) {
    for (int j = 1; j < kSide - 1; ++j) {
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] +
                        from[i + 1][j] + from[i - 1][j]);
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (i * (j + 2) + 2.0) / kSide;
      b[i][j] = (i * (j + 3) + 3.0) / kSide;
    }
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    Sweep(a, b);
    Sweep(b, a);
  }
  return FoldDoubles(0, &a[0][0], kSide * kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 12000, Run); }
