// Chases pointers through a list whose nodes lie in random order, and relinks
// it.
#include "kernel.h"

enum { kNodes = 1 << 16 };

typedef struct Node {
  struct Node* next;
  uint32_t value;
} Node;

static Node nodes[kNodes];
static uint32_t order[kNodes];

static Node* LinkInRandomOrder(void) {
  uint64_t state = 17;
  for (uint32_t i = 0; i < kNodes; ++i) order[i] = i;
  for (uint32_t i = kNodes - 1; i > 0; --i) {
    const uint32_t j = (uint32_t)(NextRandom(&state) % (i + 1));
    const uint32_t swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  for (uint32_t i = 0; i < kNodes; ++i) {
    nodes[order[i]].value = i;
    nodes[order[i]].next = i + 1 < kNodes ? &nodes[order[i + 1]] : NULL;
  }
  return &nodes[order[0]];
}

static Node* Reverse(Node* list) {
  Node* reversed = NULL;
  while (list != NULL) {
    Node* next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static uint64_t Run(uint32_t rounds) {
  Node* list = LinkInRandomOrder();
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    uint32_t sum = 0;
    for (const Node* node = list; node != NULL; node = node->next) {
      sum = sum * 3 + node->value;
    }
    checksum = Fold(checksum, sum);
    list = Reverse(list);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 800, Run); }
