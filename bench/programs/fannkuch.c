// Fannkuch redux: over all permutations, how often can the prefix that the
// first element counts be reversed until the first element is one.
#include "kernel.h"

enum { kMax = 12 };

static int CountFlips(const int8_t* permutation, int n) {
  int8_t work[kMax];
  memcpy(work, permutation, (size_t)n);
  int flips = 0;
  for (int first; (first = work[0]) != 0; ++flips) {
    for (int i = 0, j = first; i < j; ++i, --j) {
      const int8_t swapped = work[i];
      work[i] = work[j];
      work[j] = swapped;
    }
  }
  return flips;
}

static uint64_t Fannkuch(int n) {
  int8_t permutation[kMax];
  int count[kMax];
  for (int i = 0; i < n; ++i) permutation[i] = (int8_t)i;
  int64_t checksum = 0;
  int most = 0;
  int sign = 1;
  for (int r = n;; sign = -sign) {
    for (; r > 1; --r) count[r - 1] = r;
    const int flips = CountFlips(permutation, n);
    if (flips > most) most = flips;
    checksum += sign * flips;
    // The next permutation: rotate the shortest prefix that has turns left.
    for (r = 1;; ++r) {
      if (r == n) return Fold((uint64_t)checksum, (uint64_t)most);
      const int8_t first = permutation[0];
      memmove(permutation, permutation + 1, (size_t)r);
      permutation[r] = first;
      if (--count[r] > 0) break;
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    checksum = Fold(checksum, Fannkuch(8 + (int)(round % 3)));
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 9, Run); }
