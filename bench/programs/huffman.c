// Huffman coding: counts bytes, builds the tree with a heap, encodes to a bit
// stream, decodes by walking the tree.
#include "kernel.h"

enum { kSize = 1 << 17, kSymbols = 256 };

typedef struct {
  uint32_t weight;
  int16_t left, right;  // nodes; a leaf has left < 0
} Node;

static uint8_t plain[kSize], restored[kSize];
static uint8_t packed[2 * kSize];
static Node nodes[2 * kSymbols];
static uint64_t codes[kSymbols];
static uint8_t lengths[kSymbols];
static int16_t heap[kSymbols];
static int heap_size;

static int Lighter(int a, int b) {
  const uint32_t x = nodes[a].weight, y = nodes[b].weight;
  return x < y || (x == y && a < b);
}

static void Push(int16_t node) {
  int i = heap_size++;
  for (; i > 0 && Lighter(node, heap[(i - 1) / 2]); i = (i - 1) / 2) {
    heap[i] = heap[(i - 1) / 2];
  }
  heap[i] = node;
}

static int16_t Pop(void) {
  const int16_t top = heap[0], last = heap[--heap_size];
  int i = 0;
  for (int child; (child = 2 * i + 1) < heap_size; i = child) {
    if (child + 1 < heap_size && Lighter(heap[child + 1], heap[child])) ++child;
    if (!Lighter(heap[child], last)) break;
    heap[i] = heap[child];
  }
  heap[i] = last;
  return top;
}

static int BuildTree(void) {
  for (int i = 0; i < kSymbols; ++i) nodes[i] = (Node){1, -1, -1};
  for (int i = 0; i < kSize; ++i) ++nodes[plain[i]].weight;
  heap_size = 0;
  for (int i = 0; i < kSymbols; ++i) Push((int16_t)i);
  int count = kSymbols;
  while (heap_size > 1) {
    const int16_t left = Pop(), right = Pop();
    nodes[count] =
        (Node){nodes[left].weight + nodes[right].weight, left, right};
    Push((int16_t)count++);
  }
  return heap[0];
}

// Parents come after their children, so going down the array visits every
// parent first.
static void AssignCodes(int root) {
  static uint64_t code[2 * kSymbols];
  static uint8_t length[2 * kSymbols];
  code[root] = length[root] = 0;
  for (int i = root; i >= kSymbols; --i) {
    const Node node = nodes[i];
    code[node.left] = code[i];
    code[node.right] = code[i] | 1ull << length[i];
    length[node.left] = length[node.right] = (uint8_t)(length[i] + 1);
  }
  memcpy(codes, code, sizeof codes);
  memcpy(lengths, length, sizeof lengths);
}

static uint32_t Encode(void) {
  uint64_t bits = 0;
  uint32_t bit_count = 0, size = 0;
  for (int i = 0; i < kSize; ++i) {
    bits |= codes[plain[i]] << bit_count;
    bit_count += lengths[plain[i]];
    for (; bit_count >= 8; bit_count -= 8, bits >>= 8) {
      packed[size++] = (uint8_t)bits;
    }
  }
  packed[size++] = (uint8_t)bits;
  return size;
}

static void Decode(int root) {
  uint32_t position = 0;
  for (int i = 0; i < kSize; ++i) {
    int node = root;
    while (nodes[node].left >= 0) {
      const int bit = packed[position / 8] >> (position % 8) & 1;
      node = bit ? nodes[node].right : nodes[node].left;
      ++position;
    }
    restored[i] = (uint8_t)node;
  }
}

static uint64_t Run(uint32_t rounds) {
  uint64_t state = 5, checksum = 0;
  for (int i = 0; i < kSize; ++i) {
    const uint64_t random = NextRandom(&state);
    plain[i] = (uint8_t)((random & 0x0f) * (random >> 8 & 0x0f));
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    plain[round * 101 % kSize] = (uint8_t)round;
    const int root = BuildTree();
    AssignCodes(root);
    checksum = Fold(checksum, Encode());
    Decode(root);
    if (memcmp(plain, restored, kSize) != 0) return 0;
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 150, Run); }
