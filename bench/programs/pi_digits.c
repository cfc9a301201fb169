// Decimal digits of pi by Machin's formula in fixed-point arithmetic of many
// words: 64-bit division by a small divisor dominates.
#include "kernel.h"

enum { kMaxWords = 512 };

typedef struct {
  uint32_t word[kMaxWords];  // the first is the integer part
} Fixed;

static int words;

static void DivideBy(Fixed* x, uint32_t divisor) {
  uint64_t remainder = 0;
  for (int i = 0; i < words; ++i) {
    const uint64_t value = remainder << 32 | x->word[i];
    x->word[i] = (uint32_t)(value / divisor);
    remainder = value % divisor;
  }
}

static uint32_t MultiplyBy(Fixed* x, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = words - 1; i >= 0; --i) {
    carry += (uint64_t)x->word[i] * factor;
    x->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return (uint32_t)carry;
}

static void Accumulate(Fixed* sum, const Fixed* term, int subtract) {
  int64_t carry = 0;
  for (int i = words - 1; i >= 0; --i) {
    const int64_t value = term->word[i];
    carry += (int64_t)sum->word[i] + (subtract ? -value : value);
    sum->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

static int IsZero(const Fixed* x) {
  for (int i = 0; i < words; ++i) {
    if (x->word[i] != 0) return 0;
  }
  return 1;
}

// sum += factor * arctan(1 / x), or -= when `negative`.
static void AddArctangent(Fixed* sum, uint32_t factor, uint32_t x,
                          int negative) {
  static Fixed power, term;
  memset(&power, 0, sizeof power);
  power.word[0] = factor;
  DivideBy(&power, x);
  for (uint32_t n = 1; !IsZero(&power); n += 2) {
    term = power;
    DivideBy(&term, n);
    Accumulate(sum, &term, negative ^ (n / 2 % 2));
    DivideBy(&power, x * x);
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    words = 160 + (int)(round % 32);
    static Fixed pi;
    memset(&pi, 0, sizeof pi);
    AddArctangent(&pi, 16, 5, 0);
    AddArctangent(&pi, 4, 239, 1);
    checksum = Fold(checksum, pi.word[0]);
    pi.word[0] = 0;
    // The last words hold rounding errors, not digits.
    for (int digits = 0; digits < (words - 4) * 9; digits += 9) {
      MultiplyBy(&pi, 1000000000);
      checksum = Fold(checksum, pi.word[0]);
      pi.word[0] = 0;
    }
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 260, Run); }
