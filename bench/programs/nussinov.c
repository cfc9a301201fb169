// Folding of RNA by dynamic programming: the largest number of base pairs.
#include "kernel.h"

enum { kLength = 400 };

static uint8_t bases[kLength];
static int32_t table[kLength][kLength];

static int32_t Larger(int32_t a, int32_t b) { return a > b ? a : b; }

static int32_t Pairs(int i, int j) { return bases[i] + bases[j] == 3; }

static int32_t Fill(void) {
  memset(table, 0, sizeof table);
  for (int i = kLength - 1; i >= 0; --i) {
    for (int j = i + 1; j < kLength; ++j) {
      int32_t best = Larger(table[i][j - 1], table[i + 1][j]);
      if (i + 1 < j) best = Larger(best, table[i + 1][j - 1] + Pairs(i, j));
      for (int k = i + 1; k < j; ++k) {
        best = Larger(best, table[i][k] + table[k + 1][j]);
      }
      table[i][j] = best;
    }
  }
  return table[0][kLength - 1];
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 61, checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kLength; ++i) bases[i] = NextRandom(&state) >> 62;
    checksum = Fold(checksum, (uint32_t)Fill());
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 180, Run); }
