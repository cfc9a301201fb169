// Mutual recursion a hundred million deep, which only proper tail calls
// survive.
#include <stdint.h>
#include <stdio.h>

static int IsOdd(uint32_t n, uint64_t seen);

__attribute__((noinline)) static int IsEven(uint32_t n, uint64_t seen) {
  if (n == 0) return seen == 100000000;
  __attribute__((musttail)) return IsOdd(n - 1, seen + 1);
}

__attribute__((noinline)) static int IsOdd(uint32_t n, uint64_t seen) {
  if (n == 0) return 0;
  __attribute__((musttail)) return IsEven(n - 1, seen + 1);
}

static volatile uint32_t depth = 100000000;

int main(void) {
  printf("even: %d\n", IsEven(depth, 0));
  return 0;
}
