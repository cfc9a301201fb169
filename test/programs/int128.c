// 64- and 128-bit integer arithmetic, including the products and shifts that
// the compiler's runtime library computes.
#include <stdint.h>
#include <stdio.h>

typedef unsigned __int128 uint128;

static void Print(const char* what, uint128 value) {
  printf("%s %016llx%016llx\n", what, (unsigned long long)(value >> 64),
         (unsigned long long)value);
}

static volatile uint64_t large = 0xfedcba9876543210;
static volatile int64_t negative = -7, two = 2;

int main(void) {
  const uint128 product = (uint128)large * large;
  Print("product", product);
  Print("sum", product + product);
  Print("difference", (uint128)large - product);
  Print("shift", product >> (large & 127) | product << (large & 63));
  printf("signed %lld %lld\n", (long long)(negative / two),
         (long long)(negative % two));
  printf("bits %d %d %d\n", __builtin_clzll(large >> 9), __builtin_ctzll(large),
         __builtin_popcountll(large));
  printf("rotate %016llx\n",
         (unsigned long long)(large << 13 | large >> (64 - 13)));
  int64_t sum;
  printf("overflow %d\n", __builtin_add_overflow(INT64_MAX, two, &sum));
  return 0;
}
