// Doubly recursive Fibonacci numbers: nothing but calls.
#include "kernel.h"

__attribute__((noinline)) static uint32_t Fibonacci(uint32_t n) {
  return n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    checksum = Fold(checksum, Fibonacci(25 + round % 4));
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 1500, Run); }
