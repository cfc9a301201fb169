// Grows its memory step by step, touches every page, and is told the truth
// when there is no more.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  enum { kBlocks = 64, kBlockSize = 1 << 20 };
  uint8_t* blocks[kBlocks];
  const size_t before = __builtin_wasm_memory_size(0);
  for (int i = 0; i < kBlocks; ++i) {
    blocks[i] = malloc(kBlockSize);
    if (blocks[i] == NULL) return 1;
    memset(blocks[i], i, kBlockSize);
  }
  const size_t after = __builtin_wasm_memory_size(0);
  printf("grew by at least 64 MiB: %d\n", (after - before) >= 1024);
  uint64_t sum = 0;
  for (int i = 0; i < kBlocks; ++i) {
    for (int j = 0; j < kBlockSize; j += 4096) sum += blocks[i][j];
  }
  printf("sum: %llu\n", (unsigned long long)sum);
  printf("growing past 4 GiB: %d\n", (int)__builtin_wasm_memory_grow(0, 65536));
  void* volatile huge = malloc(0xfff00000u);
  printf("huge malloc: %s\n", huge == NULL ? "refused" : "given");
  for (int i = 0; i < kBlocks; ++i) free(blocks[i]);
  return 0;
}
