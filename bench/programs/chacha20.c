// The ChaCha20 stream cipher (RFC 8439) over a buffer.
#include "kernel.h"

enum { kBufferSize = 64 * 1024 };

static uint32_t buffer[kBufferSize / 4];

static uint32_t RotateLeft(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void QuarterRound(uint32_t* x, int a, int b, int c, int d) {
  x[a] += x[b];
  x[d] = RotateLeft(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = RotateLeft(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = RotateLeft(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = RotateLeft(x[b] ^ x[c], 7);
}

static void Block(const uint32_t* state, uint32_t* out) {
  uint32_t x[16];
  memcpy(x, state, sizeof x);
  for (int i = 0; i < 10; ++i) {
    QuarterRound(x, 0, 4, 8, 12);
    QuarterRound(x, 1, 5, 9, 13);
    QuarterRound(x, 2, 6, 10, 14);
    QuarterRound(x, 3, 7, 11, 15);
    QuarterRound(x, 0, 5, 10, 15);
    QuarterRound(x, 1, 6, 11, 12);
    QuarterRound(x, 2, 7, 8, 13);
    QuarterRound(x, 3, 4, 9, 14);
  }
  for (int i = 0; i < 16; ++i) out[i] ^= x[i] + state[i];
}

static uint64_t Run(uint32_t rounds) {
  uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (uint32_t i = 4; i < 16; ++i) state[i] = i * 0x01010101;
  for (uint32_t round = 0; round < rounds; ++round) {
    state[13] = round;
    for (uint32_t block = 0; block < kBufferSize / 64; ++block) {
      state[12] = block;
      Block(state, buffer + 16 * block);
    }
  }
  uint64_t checksum = 0;
  for (int i = 0; i < kBufferSize / 4; ++i)
    checksum = Fold(checksum, buffer[i]);
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 3600, Run); }
