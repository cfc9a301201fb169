// Radix-2 fast Fourier transform, there and back. The twiddle factors come
// from square roots and recurrences, so that no libm is involved.
#include <math.h>

#include "kernel.h"

enum { kLog = 12, kSize = 1 << kLog };

typedef struct {
  double re, im;
} Complex;

static Complex data[kSize];
static Complex twiddles[kSize / 2];

// Halves the angle from pi downwards, then fills in by products.
static void MakeTwiddles(void) {
  twiddles[0] = (Complex){1, 0};
  Complex root = {-1, 0};
  for (int step = kSize / 2; step > 0; step /= 2) {
    if (step < kSize / 2) {
      for (int i = 0; i < kSize / 2; i += 2 * step) {
        const Complex t = twiddles[i];
        twiddles[i + step] = (Complex){t.re * root.re - t.im * root.im,
                                       t.re * root.im + t.im * root.re};
      }
    }
    const double re = sqrt((1 + root.re) / 2);
    root = (Complex){re, sqrt(1 - re * re)};
  }
}

static void Transform(double sign) {
  for (uint32_t i = 1, j = 0; i < kSize; ++i) {
    uint32_t bit = kSize >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const Complex swapped = data[i];
      data[i] = data[j];
      data[j] = swapped;
    }
  }
  for (int half = 1; half < kSize; half *= 2) {
    const int stride = kSize / 2 / half;
    for (int start = 0; start < kSize; start += 2 * half) {
      for (int k = 0; k < half; ++k) {
        const Complex t = twiddles[k * stride];
        Complex *a = &data[start + k], *b = a + half;
        const double re = b->re * t.re - b->im * sign * t.im;
        const double im = b->re * sign * t.im + b->im * t.re;
        *b = (Complex){a->re - re, a->im - im};
        *a = (Complex){a->re + re, a->im + im};
      }
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  MakeTwiddles();
  uint64_t state = 31;
  for (int i = 0; i < kSize; ++i) data[i] = (Complex){NextUnit(&state), 0};
  for (uint32_t round = 0; round < rounds; ++round) {
    Transform(1);
    for (int i = 0; i < kSize; ++i) {
      data[i].re /= kSize;
      data[i].im /= kSize;
    }
    Transform(-1);
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kSize; ++i) checksum = FoldDouble(checksum, data[i].re);
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 8000, Run); }
