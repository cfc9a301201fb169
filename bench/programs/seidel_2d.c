// Nine-point Gauss-Seidel stencil in place: every element waits for the last.
#include "kernel.h"

enum { kSide = 200 };

static double a[kSide][kSide];

static void Sweep(void) {
  for (int i = 1; i < kSide - 1; ++i) {
    for (int j = 1; j < kSide - 1; ++j) {
      a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] +
                 a[i][j] + a[i][j + 1] + a[i + 1][j - 1] + a[i + 1][j] +
                 a[i + 1][j + 1]) /
                9;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) a[i][j] = (i * (j + 2) + 2.0) / kSide;
  }
  for (uint32_t round = 0; round < rounds; ++round) Sweep();
  return FoldDoubles(0, &a[0][0], kSide * kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 1800, Run); }
