// QR decomposition by the modified Gram-Schmidt process, column by column.
#include <math.h>

#include "kernel.h"

enum { kRows = 180, kColumns = 150 };

static double a[kRows][kColumns], q[kRows][kColumns], r[kColumns][kColumns];

static void Decompose(void) {
  for (int k = 0; k < kColumns; ++k) {
    double norm = 0;
    for (int i = 0; i < kRows; ++i) norm += a[i][k] * a[i][k];
    r[k][k] = sqrt(norm);
    for (int i = 0; i < kRows; ++i) q[i][k] = a[i][k] / r[k][k];
    for (int j = k + 1; j < kColumns; ++j) {
      double dot = 0;
      for (int i = 0; i < kRows; ++i) dot += q[i][k] * a[i][j];
      r[k][j] = dot;
      for (int i = 0; i < kRows; ++i) a[i][j] -= q[i][k] * dot;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 71, checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kColumns; ++j) a[i][j] = NextUnit(&state) + (i == j);
    }
    Decompose();
    checksum = FoldDoubles(checksum, r[round % kColumns], kColumns);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 200, Run); }
