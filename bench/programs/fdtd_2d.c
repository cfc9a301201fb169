// Finite differences of an electromagnetic field in two dimensions.
#include "kernel.h"

enum { kRows = 200, kColumns = 240 };

static double ex[kRows][kColumns], ey[kRows][kColumns], hz[kRows][kColumns];

static void Step(uint32_t time) {
  for (int j = 0; j < kColumns; ++j) ey[0][j] = time % 100;
  for (int i = 1; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j)
      ey[i][j] -= 0.5 * (hz[i][j] - hz[i - 1][j]);
  }
  for (int i = 0; i < kRows; ++i) {
    for (int j = 1; j < kColumns; ++j)
      ex[i][j] -= 0.5 * (hz[i][j] - hz[i][j - 1]);
  }
  for (int i = 0; i < kRows - 1; ++i) {
    for (int j = 0; j < kColumns - 1; ++j) {
      hz[i][j] -= 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      ex[i][j] = i * (j + 1.0) / kRows;
      ey[i][j] = i * (j + 2.0) / kColumns;
      hz[i][j] = i * (j + 3.0) / kRows;
    }
  }
  for (uint32_t round = 0; round < rounds; ++round) Step(round);
  return FoldDoubles(0, &hz[0][0], kRows * kColumns);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 14000, Run); }
