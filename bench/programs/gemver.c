// Vector and matrix-vector operations that memory bandwidth bounds.
#include "kernel.h"

enum { kSide = 300 };

static double a[kSide][kSide];
static double u1[kSide], v1[kSide], u2[kSide], v2[kSide], w[kSide], x[kSide],
    y[kSide], z[kSide];

static void Gemver(double alpha, double beta) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) a[i][j] += u1[i] * v1[j] - u2[i] * v2[j];
  }
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) x[i] += beta * a[j][i] * y[j];
  }
  for (int i = 0; i < kSide; ++i) x[i] += z[i];
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) w[i] += alpha * a[i][j] * x[j];
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSide; ++i) {
    u1[i] = i / (double)kSide;
    u2[i] = (i + 1) / 2.0 / kSide;
    v1[i] = (i + 1) / 4.0 / kSide;
    v2[i] = (i + 1) / 6.0 / kSide;
    y[i] = (i + 1) / 8.0 / kSide;
    z[i] = (i + 1) / 9.0 / kSide;
    for (int j = 0; j < kSide; ++j) a[i][j] = i * j % kSide / (double)kSide;
  }
  for (uint32_t round = 0; round < rounds; ++round) Gemver(1e-6, 1e-6);
  return FoldDoubles(0, w, kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 4000, Run); }
