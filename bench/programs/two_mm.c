// D = alpha A B C + beta D, by dot products along columns.
#include "kernel.h"

enum { kSide = 180 };

static double a[kSide][kSide], b[kSide][kSide], c[kSide][kSide],
    d[kSide][kSide], product[kSide][kSide];

static void Multiply(double alpha, double beta) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      double sum = 0;
      for (int k = 0; k < kSide; ++k) sum += alpha * a[i][k] * b[k][j];
      product[i][j] = sum;
    }
  }
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      double sum = d[i][j] * beta;
      for (int k = 0; k < kSide; ++k) sum += product[i][k] * c[k][j];
      d[i][j] = sum;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (i * j + 1) % kSide / 180.0;
      b[i][j] = i * (j + 1) % kSide / 180.0;
      c[i][j] = (i * (j + 3) + 1) % kSide / 180.0;
      d[i][j] = i * (j + 2) % kSide / 180.0;
    }
  }
  for (uint32_t round = 0; round < rounds; ++round) Multiply(1.5, 0.25);
  return FoldDoubles(0, &d[0][0], kSide * kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 60, Run); }
