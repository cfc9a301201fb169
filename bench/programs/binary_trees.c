// Allocates, walks and frees many short-lived binary trees: the allocator of
// the guest's C library at work.
#include "kernel.h"

typedef struct Tree {
  struct Tree *left, *right;
} Tree;

static Tree* Build(int depth) {
  Tree* tree = malloc(sizeof *tree);
  if (tree == NULL) abort();
  tree->left = depth > 0 ? Build(depth - 1) : NULL;
  tree->right = depth > 0 ? Build(depth - 1) : NULL;
  return tree;
}

static uint32_t Count(const Tree* tree) {
  return tree == NULL ? 0 : 1 + Count(tree->left) + Count(tree->right);
}

static void Free(Tree* tree) {
  if (tree == NULL) return;
  Free(tree->left);
  Free(tree->right);
  free(tree);
}

static uint64_t Run(uint32_t rounds) {
  Tree* lasting = Build(14);
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    Tree* tree = Build(4 + (int)(round % 10));
    checksum = Fold(checksum, Count(tree));
    Free(tree);
  }
  checksum = Fold(checksum, Count(lasting));
  Free(lasting);
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 9000, Run); }
