// Single-precision matrix product in blocks, and a dense neural layer with a
// rectifier.
#include "kernel.h"

enum { kSide = 192, kBlock = 32 };

static float a[kSide][kSide], b[kSide][kSide], c[kSide][kSide];

static void MultiplyBlock(int i0, int j0, int k0) {
  for (int i = i0; i < i0 + kBlock; ++i) {
    for (int k = k0; k < k0 + kBlock; ++k) {
      const float factor = a[i][k];
      for (int j = j0; j < j0 + kBlock; ++j) c[i][j] += factor * b[k][j];
    }
  }
}

static void Multiply(void) {
  for (int i = 0; i < kSide; i += kBlock) {
    for (int k = 0; k < kSide; k += kBlock) {
      for (int j = 0; j < kSide; j += kBlock) MultiplyBlock(i, j, k);
    }
  }
}

static void Rectify(void) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      const float x = c[i][j] * (1.0f / kSide) - 0.125f;
      a[i][j] = x > 0 ? x : 0.01f * x;
      c[i][j] = 0;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 37;
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (float)NextUnit(&state);
      b[i][j] = (float)NextUnit(&state) * 2;
    }
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    Multiply();
    Rectify();
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kSide; ++i) checksum = FoldDouble(checksum, a[i][i]);
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 1700, Run); }
