// Calls through tables of functions of several signatures.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef int32_t (*Binary)(int32_t, int32_t);
typedef double (*Unary)(double);

static int32_t Add(int32_t a, int32_t b) { return a + b; }
static int32_t Subtract(int32_t a, int32_t b) { return a - b; }
static int32_t Multiply(int32_t a, int32_t b) { return a * b; }
static double Half(double x) { return x / 2; }
static double Square(double x) { return x * x; }

// More arguments than fit in registers, of every type.
typedef double (*Wide)(int32_t, int64_t, float, double, int32_t, int64_t,
                       int32_t, int64_t, int32_t, double, float, int32_t);
static double Mix(int32_t a, int64_t b, float c, double d, int32_t e, int64_t f,
                  int32_t g, int64_t h, int32_t i, double j, float k,
                  int32_t l) {
  return a + 2.0 * (double)b + 3.0 * c + 4.0 * d + 5.0 * e + 6.0 * (double)f +
         7.0 * g + 8.0 * (double)h + 9.0 * i + 10.0 * j + 11.0 * k + 12.0 * l;
}

static volatile Binary binaries[] = {Add, Subtract, Multiply};
static volatile Unary unaries[] = {Half, Square};
static volatile Wide wide = Mix;

static int Descending(const void* a, const void* b) {
  return *(const int*)b - *(const int*)a;
}

int main(void) {
  for (int i = 0; i < 3; ++i) printf("%d ", binaries[i](20, 3));
  for (int i = 0; i < 2; ++i) printf("%g ", unaries[i](3));
  printf("%g\n", wide(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  int numbers[] = {3, 1, 4, 1, 5, 9, 2, 6};
  qsort(numbers, 8, sizeof numbers[0], Descending);
  for (int i = 0; i < 8; ++i) printf("%d%c", numbers[i], i < 7 ? ' ' : '\n');
  return 0;
}
