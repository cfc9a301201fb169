// SHA-256 (FIPS 180-4) of a buffer, again and again.
#include "kernel.h"

enum { kBufferSize = 64 * 1024 };

static const uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint8_t buffer[kBufferSize];

static uint32_t RotateRight(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static uint32_t LoadBigEndian(const uint8_t* p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
         p[3];
}

static void Compress(uint32_t* h, const uint8_t* block) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i) w[i] = LoadBigEndian(block + 4 * i);
  for (int i = 16; i < 64; ++i) {
    const uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] +
           (RotateRight(x, 7) ^ RotateRight(x, 18) ^ x >> 3) +
           (RotateRight(y, 17) ^ RotateRight(y, 19) ^ y >> 10);
  }
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
  uint32_t e = h[4], f = h[5], g = h[6], last = h[7];
  for (int i = 0; i < 64; ++i) {
    const uint32_t t1 =
        last + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25)) +
        ((e & f) ^ (~e & g)) + kRoundConstants[i] + w[i];
    const uint32_t t2 =
        (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22)) +
        ((a & b) ^ (a & c) ^ (b & c));
    last = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const uint32_t v[8] = {a, b, c, d, e, f, g, last};
  for (int i = 0; i < 8; ++i) h[i] += v[i];
}

// The length of the message must be a multiple of the block's.
static void Sha256(const uint8_t* data, size_t size, uint32_t* h) {
  static const uint32_t kInitial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                       0xa54ff53a, 0x510e527f, 0x9b05688c,
                                       0x1f83d9ab, 0x5be0cd19};
  memcpy(h, kInitial, sizeof kInitial);
  for (size_t i = 0; i < size; i += 64) Compress(h, data + i);
  uint8_t padding[64] = {0x80};
  const uint64_t bits = (uint64_t)size * 8;
  for (int i = 0; i < 8; ++i) padding[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
  Compress(h, padding);
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < kBufferSize; ++i) buffer[i] = (uint8_t)(i * 31);
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    uint32_t h[8];
    Sha256(buffer, kBufferSize, h);
    memcpy(buffer, h, sizeof h);
    checksum = Fold(checksum, h[0]);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 2600, Run); }
