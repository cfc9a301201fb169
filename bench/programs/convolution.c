// Image filters over bytes: a 3 by 3 sharpening, a separable blur, a threshold
// and a histogram.
#include "kernel.h"

enum { kWidth = 640, kHeight = 360 };

static uint8_t image[kHeight][kWidth], result[kHeight][kWidth];
static uint16_t sums[kHeight][kWidth];

static uint8_t Clamp(int value) {
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void Sharpen(void) {
  for (int y = 1; y < kHeight - 1; ++y) {
    for (int x = 1; x < kWidth - 1; ++x) {
      const int edges =
          image[y - 1][x] + image[y + 1][x] + image[y][x - 1] + image[y][x + 1];
      result[y][x] = Clamp(5 * image[y][x] - edges);
    }
  }
}

static void Blur(void) {
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 2; x < kWidth - 2; ++x) {
      const uint8_t* p = &result[y][x];
      sums[y][x] = (uint16_t)(p[-2] + 4 * p[-1] + 6 * p[0] + 4 * p[1] + p[2]);
    }
  }
  for (int y = 2; y < kHeight - 2; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const int sum = sums[y - 2][x] + 4 * sums[y - 1][x] + 6 * sums[y][x] +
                      4 * sums[y + 1][x] + sums[y + 2][x];
      image[y][x] = (uint8_t)(sum >> 8);
    }
  }
}

static uint64_t Histogram(uint64_t checksum) {
  uint32_t counts[256] = {0};
  uint32_t bright = 0;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      ++counts[image[y][x]];
      bright += result[y][x] > 127;
    }
  }
  for (int i = 0; i < 256; ++i) checksum = Fold(checksum, counts[i]);
  return Fold(checksum, bright);
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 23, checksum = 0;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) image[y][x] = (uint8_t)NextRandom(&state);
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    image[round % kHeight][round % kWidth] ^= 0x55;
    Sharpen();
    Blur();
    if (round % 4 == 0) checksum = Histogram(checksum);
  }
  return Histogram(checksum);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 3600, Run); }
