// Levinson-Durbin recursion for Toeplitz systems.
#include "kernel.h"

enum { kSize = 1000 };

static double r[kSize], y[kSize], z[kSize];

static void Durbin(void) {
  y[0] = -r[0];
  double beta = 1, alpha = -r[0];
  for (int k = 1; k < kSize; ++k) {
    beta *= 1 - alpha * alpha;
    double sum = 0;
    for (int i = 0; i < k; ++i) sum += r[k - i - 1] * y[i];
    alpha = -(r[k] + sum) / beta;
    for (int i = 0; i < k; ++i) z[i] = y[i] + alpha * y[k - i - 1];
    for (int i = 0; i < k; ++i) y[i] = z[i];
    y[k] = alpha;
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSize; ++i) r[i] = 1.0 / (i + 2 + round);
    Durbin();
    checksum = FoldDoubles(checksum, y, kSize);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 1100, Run); }
