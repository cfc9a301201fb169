// Base64 (RFC 4648): encodes a buffer, decodes it again.
#include "kernel.h"

enum { kSize = 48 * 1024 };

static const char kAlphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint8_t plain[kSize];
static char encoded[kSize / 3 * 4];
static uint8_t values[256];

static void Encode(void) {
  for (size_t i = 0, j = 0; i < kSize; i += 3, j += 4) {
    const uint32_t bits =
        (uint32_t)plain[i] << 16 | (uint32_t)plain[i + 1] << 8 | plain[i + 2];
    encoded[j] = kAlphabet[bits >> 18];
    encoded[j + 1] = kAlphabet[bits >> 12 & 63];
    encoded[j + 2] = kAlphabet[bits >> 6 & 63];
    encoded[j + 3] = kAlphabet[bits & 63];
  }
}

static void Decode(void) {
  for (size_t i = 0, j = 0; i < kSize; i += 3, j += 4) {
    uint32_t bits = 0;
    for (int k = 0; k < 4; ++k) {
      bits = bits << 6 | values[(uint8_t)encoded[j + (size_t)k]];
    }
    plain[i] = (uint8_t)(bits >> 16);
    plain[i + 1] = (uint8_t)(bits >> 8);
    plain[i + 2] = (uint8_t)bits;
  }
}

static uint64_t Run(uint32_t rounds) {
  for (int i = 0; i < 64; ++i) values[(uint8_t)kAlphabet[i]] = (uint8_t)i;
  for (int i = 0; i < kSize; ++i) plain[i] = (uint8_t)(i * i >> 3);
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    plain[round % kSize] ^= (uint8_t)round;
    Encode();
    for (int i = 0; i < 64; ++i) {
      checksum = Fold(checksum, (uint8_t)encoded[(round + i * 997u) % 65536]);
    }
    Decode();
  }
  return Fold(checksum, plain[0]);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 13000, Run); }
