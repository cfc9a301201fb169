// A register machine whose program computes Collatz lengths: a dense switch in
// a loop, the heart of every interpreter.
#include "kernel.h"

typedef enum {
  kLoad,
  kMove,
  kAdd,
  kAddImmediate,
  kMultiplyImmediate,
  kShiftRight,
  kAndImmediate,
  kCompareLess,
  kJump,
  kJumpIfZero,
  kJumpIfNotZero,
  kHalt
} Operation;

typedef struct {
  uint8_t operation, a, b, c;
  int32_t immediate;
} Instruction;

// Sums the Collatz lengths of 1 <= n < r0 into r4.
static const Instruction kProgram[] = {
    {kLoad, 1, 0, 0, 1},               // 0: n = 1
    {kLoad, 4, 0, 0, 0},               // 1: total = 0
    {kCompareLess, 5, 1, 0, 0},        // 2: while n < r0
    {kJumpIfZero, 0, 5, 0, 17},        // 3
    {kMove, 2, 1, 0, 0},               // 4: x = n
    {kAddImmediate, 5, 2, 0, -1},      // 5: while x != 1
    {kJumpIfZero, 0, 5, 0, 15},        // 6
    {kAddImmediate, 4, 4, 0, 1},       // 7: ++total
    {kAndImmediate, 5, 2, 0, 1},       // 8
    {kJumpIfNotZero, 0, 5, 0, 12},     // 9
    {kShiftRight, 2, 2, 0, 1},         // 10: x /= 2
    {kJump, 0, 0, 0, 5},               // 11
    {kMultiplyImmediate, 2, 2, 0, 3},  // 12: x = 3 * x + 1
    {kAddImmediate, 2, 2, 0, 1},       // 13
    {kJump, 0, 0, 0, 5},               // 14
    {kAddImmediate, 1, 1, 0, 1},       // 15: ++n
    {kJump, 0, 0, 0, 2},               // 16
    {kHalt, 0, 0, 0, 0},               // 17
};

static uint32_t Interpret(const Instruction* program, uint32_t argument) {
  uint32_t r[8] = {argument};
  for (const Instruction* pc = program;;) {
    const Instruction i = *pc++;
    const uint32_t immediate = (uint32_t)i.immediate;
    switch (i.operation) {
      case kLoad:
        r[i.a] = immediate;
        break;
      case kMove:
        r[i.a] = r[i.b];
        break;
      case kAdd:
        r[i.a] = r[i.b] + r[i.c];
        break;
      case kAddImmediate:
        r[i.a] = r[i.b] + immediate;
        break;
      case kMultiplyImmediate:
        r[i.a] = r[i.b] * immediate;
        break;
      case kShiftRight:
        r[i.a] = r[i.b] >> (immediate & 31);
        break;
      case kAndImmediate:
        r[i.a] = r[i.b] & immediate;
        break;
      case kCompareLess:
        r[i.a] = r[i.b] < r[i.c];
        break;
      case kJump:
        pc = program + immediate;
        break;
      case kJumpIfZero:
        if (r[i.b] == 0) pc = program + immediate;
        break;
      case kJumpIfNotZero:
        if (r[i.b] != 0) pc = program + immediate;
        break;
      default:
        return r[4];
    }
  }
}

static uint64_t Run(uint32_t rounds) {
  // A pointer that the compiler cannot see through, as in a real interpreter.
  const Instruction* volatile program = kProgram;
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    checksum = Fold(checksum, Interpret(program, 3000 + round));
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 220, Run); }
