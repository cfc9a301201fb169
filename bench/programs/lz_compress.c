// An LZ77 compressor with a hash table of recent positions, and its
// decompressor, in the manner of the fast byte-oriented formats.
#include "kernel.h"

enum { kSize = 1 << 18, kHashBits = 14, kMinMatch = 4, kMaxDistance = 65535 };

static uint8_t plain[kSize], restored[kSize];
static uint8_t packed[kSize + kSize / 64];
static int32_t positions[1 << kHashBits];

static uint32_t Load32(const uint8_t* p) {
  uint32_t value;
  memcpy(&value, p, sizeof value);
  return value;
}

static uint8_t* PutLength(uint8_t* out, uint32_t length) {
  for (; length >= 255; length -= 255) *out++ = 255;
  *out++ = (uint8_t)length;
  return out;
}

static uint8_t* PutSequence(uint8_t* out, const uint8_t* literals,
                            uint32_t count, uint32_t distance,
                            uint32_t length) {
  out = PutLength(out, count);
  memcpy(out, literals, count);
  out += count;
  *out++ = (uint8_t)distance;
  *out++ = (uint8_t)(distance >> 8);
  return PutLength(out, length);
}

static uint32_t Compress(void) {
  memset(positions, 0xff, sizeof positions);
  uint8_t* out = packed;
  uint32_t anchor = 0;
  for (uint32_t i = 0; i + kMinMatch + 8 < kSize;) {
    const uint32_t hash = Load32(plain + i) * 2654435761u >> (32 - kHashBits);
    const int32_t candidate = positions[hash];
    positions[hash] = (int32_t)i;
    if (candidate < 0 || i - (uint32_t)candidate > kMaxDistance ||
        Load32(plain + candidate) != Load32(plain + i)) {
      ++i;
      continue;
    }
    uint32_t length = kMinMatch;
    while (i + length < kSize - 8 &&
           plain[(uint32_t)candidate + length] == plain[i + length]) {
      ++length;
    }
    out = PutSequence(out, plain + anchor, i - anchor, i - (uint32_t)candidate,
                      length);
    i += length;
    anchor = i;
  }
  out = PutSequence(out, plain + anchor, kSize - anchor, 0, 0);
  return (uint32_t)(out - packed);
}

static const uint8_t* GetLength(const uint8_t* in, uint32_t* length) {
  *length = 0;
  for (; *in == 255; ++in) *length += 255;
  *length += *in;
  return in + 1;
}

static void Decompress(uint32_t size) {
  const uint8_t* in = packed;
  uint8_t* out = restored;
  while (in < packed + size) {
    uint32_t count, length;
    in = GetLength(in, &count);
    memcpy(out, in, count);
    out += count;
    in += count;
    const uint32_t distance = in[0] | (uint32_t)in[1] << 8;
    in = GetLength(in + 2, &length);
    const uint8_t* from = out - distance;
    for (uint32_t i = 0; i < length; ++i) out[i] = from[i];
    out += length;
  }
}

static void MakeInput(uint32_t seed) {
  uint64_t state = seed + 1;
  for (uint32_t i = 0; i < kSize;) {
    const uint64_t random = NextRandom(&state);
    if (i > 1000 && random % 4 != 0) {
      const uint32_t length = 4 + (random >> 8) % 40;
      const uint32_t from =
          i - 1 - (random >> 16) % (i < 60000 ? i - 1 : 60000);
      for (uint32_t k = 0; k < length && i < kSize; ++k) {
        plain[i++] = plain[from + k];
      }
    } else {
      for (int k = 0; k < 6 && i < kSize; ++k) {
        plain[i++] = (uint8_t)(random >> (8 * k + 8)) & 0x3f;
      }
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  MakeInput(0);
  for (uint32_t round = 0; round < rounds; ++round) {
    plain[round * 37 % kSize] ^= 1;
    const uint32_t size = Compress();
    Decompress(size);
    checksum = Fold(checksum, size);
    if (memcmp(plain, restored, kSize) != 0) return 0;
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 500, Run); }
