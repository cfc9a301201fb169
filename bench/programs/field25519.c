// Squares and multiplies in the field of 2^255 - 19, five limbs of 51 bits:
// products of 64 by 64 bits into 128.
#include "kernel.h"

typedef unsigned __int128 uint128;

enum { kLimbs = 5 };
static const uint64_t kMask = (1ull << 51) - 1;

typedef struct {
  uint64_t limb[kLimbs];
} Element;

static Element Reduce(uint128 t0, uint128 t1, uint128 t2, uint128 t3,
                      uint128 t4) {
  Element r;
  t1 += (uint64_t)(t0 >> 51);
  t2 += (uint64_t)(t1 >> 51);
  t3 += (uint64_t)(t2 >> 51);
  t4 += (uint64_t)(t3 >> 51);
  r.limb[0] = ((uint64_t)t0 & kMask) + 19 * (uint64_t)(t4 >> 51);
  r.limb[1] = ((uint64_t)t1 & kMask) + (r.limb[0] >> 51);
  r.limb[0] &= kMask;
  r.limb[2] = (uint64_t)t2 & kMask;
  r.limb[3] = (uint64_t)t3 & kMask;
  r.limb[4] = (uint64_t)t4 & kMask;
  return r;
}

static Element Multiply(const Element* x, const Element* y) {
  const uint64_t* a = x->limb;
  const uint64_t* b = y->limb;
  const uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
  return Reduce(
      (uint128)a[0] * b[0] + (uint128)a[1] * b4 + (uint128)a[2] * b3 +
          (uint128)a[3] * b2 + (uint128)a[4] * b1,
      (uint128)a[0] * b[1] + (uint128)a[1] * b[0] + (uint128)a[2] * b4 +
          (uint128)a[3] * b3 + (uint128)a[4] * b2,
      (uint128)a[0] * b[2] + (uint128)a[1] * b[1] + (uint128)a[2] * b[0] +
          (uint128)a[3] * b4 + (uint128)a[4] * b3,
      (uint128)a[0] * b[3] + (uint128)a[1] * b[2] + (uint128)a[2] * b[1] +
          (uint128)a[3] * b[0] + (uint128)a[4] * b4,
      (uint128)a[0] * b[4] + (uint128)a[1] * b[3] + (uint128)a[2] * b[2] +
          (uint128)a[3] * b[1] + (uint128)a[4] * b[0]);
}

// x to the power of 2^255 - 21, the inverse, by squaring and multiplying.
static Element Invert(const Element* x) {
  Element result = *x;
  for (int bit = 253; bit >= 0; --bit) {
    result = Multiply(&result, &result);
    if (bit != 2 && bit != 4) result = Multiply(&result, x);
  }
  return result;
}

static uint64_t Run(uint32_t rounds) {
  Element x = {{9, 1, 2, 3, 4}};
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    x = Invert(&x);
    x.limb[0] = (x.limb[0] + round) & kMask;
    for (int i = 0; i < kLimbs; ++i) checksum = Fold(checksum, x.limb[i]);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 80000, Run); }
