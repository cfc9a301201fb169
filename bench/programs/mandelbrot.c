// Escape times of the Mandelbrot set.
#include "kernel.h"

enum { kWidth = 160, kHeight = 120, kLimit = 500 };

static uint32_t EscapeTime(double cx, double cy) {
  double x = 0, y = 0;
  uint32_t n = 0;
  for (; n < kLimit; ++n) {
    const double xx = x * x, yy = y * y;
    if (xx + yy > 4) break;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return n;
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    const double scale = 3.0 / kWidth / (1 + round % 16);
    uint64_t total = 0;
    for (int j = 0; j < kHeight; ++j) {
      for (int i = 0; i < kWidth; ++i) {
        total += EscapeTime(-0.7 + (i - kWidth / 2) * scale,
                            0.1 + (j - kHeight / 2) * scale);
      }
    }
    checksum = Fold(checksum, total);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 28, Run); }
