// The spectral norm of an infinite matrix by the power method.
#include <math.h>

#include "kernel.h"

enum { kSize = 400 };

static double u[kSize], v[kSize], w[kSize];

static double Element(int i, int j) {
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void Multiply(const double* from, double* to) {
  for (int i = 0; i < kSize; ++i) {
    double sum = 0;
    for (int j = 0; j < kSize; ++j) sum += Element(i, j) * from[j];
    to[i] = sum;
  }
}

static void MultiplyTransposed(const double* from, double* to) {
  for (int i = 0; i < kSize; ++i) {
    double sum = 0;
    for (int j = 0; j < kSize; ++j) sum += Element(j, i) * from[j];
    to[i] = sum;
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kSize; ++i) u[i] = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    Multiply(u, w);
    MultiplyTransposed(w, v);
    Multiply(v, w);
    MultiplyTransposed(w, u);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < kSize; ++i) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return FoldDouble(0, sqrt(uv / vv));
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 750, Run); }
