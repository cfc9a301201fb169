// Exponential, logarithm, sine and arctangent by range reduction and
// polynomials: conversions, rounding and bit fields of doubles.
#include <math.h>

#include "kernel.h"

enum { kCount = 4096 };

static double input[kCount];

static double FromBits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t ToBits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static double Exponential(double x) {
  const double n = rint(x * 1.4426950408889634);
  const double r = x - n * 0.6931471805599453;
  double term = 1, sum = 1;
  for (int i = 1; i < 12; ++i) {
    term *= r / i;
    sum += term;
  }
  return sum * FromBits((uint64_t)((int64_t)n + 1023) << 52);
}

static double Logarithm(double x) {
  const uint64_t bits = ToBits(x);
  double exponent = (double)((int64_t)(bits >> 52) - 1023);
  double m = FromBits((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m /= 2;
    exponent += 1;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int i = 19; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return 2 * s * sum + exponent * 0.6931471805599453;
}

static double Sine(double x) {
  const double n = rint(x * 0.3183098861837907);
  const double r = x - n * 3.141592653589793, square = r * r;
  double term = r, sum = r;
  for (int i = 2; i < 16; i += 2) {
    term *= -square / (i * (i + 1));
    sum += term;
  }
  return (int64_t)n & 1 ? -sum : sum;
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 43, checksum = 0;
  for (int i = 0; i < kCount; ++i) input[i] = NextUnit(&state) * 20 - 10;
  for (uint32_t round = 0; round < rounds; ++round) {
    double sum = 0;
    for (int i = 0; i < kCount; ++i) {
      const double x = input[i] + round * 0x1p-20;
      sum += Exponential(x * 0.1) + Logarithm(fabs(x) + 1) + Sine(x);
    }
    checksum = FoldDouble(checksum, sum);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 6000, Run); }
