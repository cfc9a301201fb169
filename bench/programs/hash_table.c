// An open-addressing hash table with 64-bit keys: inserts, finds, erases.
#include "kernel.h"

enum { kSlots = 1 << 17, kKeys = 80000 };

typedef struct {
  uint64_t key;  // 0 is empty, 1 erased
  uint32_t value;
} Slot;

static Slot slots[kSlots];

static uint32_t Hash(uint64_t key) {
  key *= 0x9e3779b97f4a7c15ull;
  return (uint32_t)(key >> 32) & (kSlots - 1);
}

static void Insert(uint64_t key, uint32_t value) {
  uint32_t i = Hash(key);
  while (slots[i].key > 1 && slots[i].key != key) i = (i + 1) & (kSlots - 1);
  slots[i].key = key;
  slots[i].value = value;
}

static Slot* Find(uint64_t key) {
  for (uint32_t i = Hash(key);; i = (i + 1) & (kSlots - 1)) {
    if (slots[i].key == key) return &slots[i];
    if (slots[i].key == 0) return NULL;
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    memset(slots, 0, sizeof slots);
    uint64_t state = round + 1;
    for (uint32_t i = 0; i < kKeys; ++i) Insert(NextRandom(&state) | 2, i);
    state = round + 1;
    for (uint32_t i = 0; i < kKeys; ++i) {
      Slot* slot = Find(NextRandom(&state) | 2);
      if (i % 3 == 0 && slot != NULL) slot->key = 1;
    }
    uint64_t found = 0;
    state = round + 1;
    for (uint32_t i = 0; i < kKeys; ++i) {
      const Slot* slot = Find(NextRandom(&state) | 2);
      found += slot != NULL ? slot->value : 1;
    }
    checksum = Fold(checksum, found);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 220, Run); }
