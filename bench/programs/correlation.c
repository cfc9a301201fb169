// The correlation matrix of columns of data.
#include <math.h>

#include "kernel.h"

enum { kColumns = 180, kRows = 220 };

static double data[kRows][kColumns], result[kColumns][kColumns];
static double mean[kColumns], deviation[kColumns];

static void Normalize(void) {
  for (int j = 0; j < kColumns; ++j) {
    mean[j] = deviation[j] = 0;
    for (int i = 0; i < kRows; ++i) mean[j] += data[i][j];
    mean[j] /= kRows;
    for (int i = 0; i < kRows; ++i) {
      deviation[j] += (data[i][j] - mean[j]) * (data[i][j] - mean[j]);
    }
    deviation[j] = sqrt(deviation[j] / kRows);
    if (deviation[j] <= 0.1) deviation[j] = 1;
  }
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      data[i][j] = (data[i][j] - mean[j]) / (sqrt(kRows) * deviation[j]);
    }
  }
}

static void Correlate(void) {
  for (int i = 0; i < kColumns; ++i) {
    result[i][i] = 1;
    for (int j = i + 1; j < kColumns; ++j) {
      double sum = 0;
      for (int k = 0; k < kRows; ++k) sum += data[k][i] * data[k][j];
      result[i][j] = result[j][i] = sum;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 67, checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kColumns; ++j)
        data[i][j] = NextUnit(&state) * (1 + j);
    }
    Normalize();
    Correlate();
    checksum = FoldDoubles(checksum, result[round % kColumns], kColumns);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 220, Run); }
