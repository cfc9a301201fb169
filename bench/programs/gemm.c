// C = alpha A B + beta C.
#include "kernel.h"

enum { kRows = 200, kColumns = 220, kDepth = 240 };

static double a[kRows][kDepth], b[kDepth][kColumns], c[kRows][kColumns];

static void Gemm(double alpha, double beta) {
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) c[i][j] *= beta;
    for (int k = 0; k < kDepth; ++k) {
      for (int j = 0; j < kColumns; ++j) c[i][j] += alpha * a[i][k] * b[k][j];
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kRows; ++i) {
    for (int k = 0; k < kDepth; ++k) a[i][k] = (i * k + 1) % kRows / 200.0;
  }
  for (int k = 0; k < kDepth; ++k) {
    for (int j = 0; j < kColumns; ++j) b[k][j] = k * (j + 2) % kDepth / 240.0;
  }
  for (uint32_t round = 0; round < rounds; ++round) Gemm(1.5, 0.5);
  return FoldDoubles(0, &c[0][0], kRows * kColumns);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 360, Run); }
