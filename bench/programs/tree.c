// A treap: random inserts, look-ups and deletions in a binary search tree.
#include "kernel.h"

enum { kNodes = 1 << 15 };

typedef struct Node {
  struct Node *left, *right;
  uint32_t key, priority;
} Node;

static Node nodes[kNodes];
static uint32_t node_count;

// Splits `tree` into keys below `key` and the others.
static void Split(Node* tree, uint32_t key, Node** below, Node** others) {
  if (tree == NULL) {
    *below = *others = NULL;
  } else if (tree->key < key) {
    Split(tree->right, key, &tree->right, others);
    *below = tree;
  } else {
    Split(tree->left, key, below, &tree->left);
    *others = tree;
  }
}

static Node* Merge(Node* a, Node* b) {
  if (a == NULL) return b;
  if (b == NULL) return a;
  if (a->priority > b->priority) {
    a->right = Merge(a->right, b);
    return a;
  }
  b->left = Merge(a, b->left);
  return b;
}

static Node* Insert(Node* tree, uint32_t key, uint32_t priority) {
  Node *below, *others;
  Node* node = &nodes[node_count++];
  *node = (Node){NULL, NULL, key, priority};
  Split(tree, key, &below, &others);
  return Merge(Merge(below, node), others);
}

static Node* Erase(Node* tree, uint32_t key) {
  Node** link = &tree;
  while (*link != NULL && (*link)->key != key) {
    link = key < (*link)->key ? &(*link)->left : &(*link)->right;
  }
  if (*link != NULL) *link = Merge((*link)->left, (*link)->right);
  return tree;
}

static int Depth(const Node* tree, uint32_t key) {
  int depth = 0;
  for (; tree != NULL; ++depth) {
    if (tree->key == key) return depth;
    tree = key < tree->key ? tree->left : tree->right;
  }
  return -depth;
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    Node* tree = NULL;
    node_count = 0;
    uint64_t state = round + 1;
    for (int i = 0; i < kNodes; ++i) {
      const uint64_t random = NextRandom(&state);
      tree = Insert(tree, (uint32_t)random, (uint32_t)(random >> 32));
    }
    state = round + 1;
    int64_t depths = 0;
    for (int i = 0; i < kNodes; ++i) {
      const uint32_t key = (uint32_t)NextRandom(&state);
      depths += Depth(tree, key);
      if (i % 2 == 0) tree = Erase(tree, key);
    }
    checksum = Fold(checksum, (uint64_t)depths);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 50, Run); }
