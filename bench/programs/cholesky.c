// Cholesky decomposition of a positive definite matrix.
#include <math.h>

#include "kernel.h"

enum { kSide = 300 };

static double original[kSide][kSide], a[kSide][kSide];

static void Decompose(void) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
    for (int k = 0; k < i; ++k) a[i][i] -= a[i][k] * a[i][k];
    a[i][i] = sqrt(a[i][i]);
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 53, checksum = 0;
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j <= i; ++j) {
      original[i][j] = original[j][i] = NextUnit(&state);
    }
    original[i][i] += kSide;
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    memcpy(a, original, sizeof a);
    a[0][0] += round;
    Decompose();
    checksum = FoldDouble(checksum, a[kSide - 1][kSide - 1]);
  }
  return FoldDoubles(checksum, &a[0][0], kSide * kSide);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 180, Run); }
