// CRC-32 by eight tables, eight bytes at a step, and by one table.
#include "kernel.h"

enum { kBufferSize = 64 * 1024 };

static uint32_t tables[8][256];
static uint8_t buffer[kBufferSize];

static void MakeTables(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (-(crc & 1) & 0xedb88320);
    tables[0][i] = crc;
  }
  for (int t = 1; t < 8; ++t) {
    for (uint32_t i = 0; i < 256; ++i) {
      const uint32_t crc = tables[t - 1][i];
      tables[t][i] = crc >> 8 ^ tables[0][crc & 0xff];
    }
  }
}

static uint32_t ByByte(uint32_t crc, const uint8_t* data, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    crc = crc >> 8 ^ tables[0][(crc ^ data[i]) & 0xff];
  }
  return crc;
}

static uint32_t ByEight(uint32_t crc, const uint8_t* data, size_t size) {
  for (size_t i = 0; i + 8 <= size; i += 8) {
    uint32_t low, high;
    memcpy(&low, data + i, 4);
    memcpy(&high, data + i + 4, 4);
    low ^= crc;
    crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^
          tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^
          tables[3][high & 0xff] ^ tables[2][high >> 8 & 0xff] ^
          tables[1][high >> 16 & 0xff] ^ tables[0][high >> 24];
  }
  return crc;
}

static uint64_t Run(uint32_t rounds) {
  MakeTables();
  for (int i = 0; i < kBufferSize; ++i) buffer[i] = (uint8_t)(i * 13 + i / 256);
  uint32_t crc = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    crc = round % 4 == 0 ? ByByte(~crc, buffer, kBufferSize)
                         : ByEight(~crc, buffer, kBufferSize);
  }
  return crc;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 9000, Run); }
