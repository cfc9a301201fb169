// Recurses to the depth that its first argument names. The product keeps the
// recursion from becoming a loop.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static uint32_t Recurse(uint32_t depth,
                                                  uint32_t limit) {
  if (depth == limit) return 1;
  return Recurse(depth + 1, limit) * 3 + depth;
}

int main(int argc, char** argv) {
  const uint32_t limit = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
  printf("recursing\n");
  fflush(stdout);
  printf("result %u\n", Recurse(0, limit));
  return 0;
}
