#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::BitsOf;
using ::wasijit::test::ExpectAll;
using ::wasijit::test::LanesOf;
using ::wasijit::test::Op;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::ScalarVector;
using ::wasijit::test::Whole;

Instruction WithLane(Opcode opcode, size_t lane) {
  Instruction instruction = Op(opcode);
  instruction.lane = static_cast<uint8_t>(lane);
  return instruction;
}

// Lanes as unsigned integers: floats are moved bit by bit.
template <typename T>
OracleCase Splat(Opcode opcode) {
  return Whole(opcode, [](Operands x) {
    LanesOf<T> lanes;
    lanes.fill(x[0].Lanes<T>()[0]);
    return V128::FromLanes<T>(lanes);
  });
}

// For every lane. Signed lanes are extended to the i32 that they become.
template <typename T>
void Extract(Opcode opcode, std::vector<OracleCase>& tests) {
  for (size_t lane = 0; lane < 16 / sizeof(T); ++lane) {
    tests.push_back(Whole(WithLane(opcode, lane), [lane](Operands x) {
      const T value = x[0].Lanes<T>()[lane];
      return ScalarVector(sizeof(T) < 4 ? static_cast<uint32_t>(value)
                                        : static_cast<uint64_t>(value));
    }));
  }
}

template <typename T>
void Replace(Opcode opcode, std::vector<OracleCase>& tests) {
  for (size_t lane = 0; lane < 16 / sizeof(T); ++lane) {
    tests.push_back(Whole(WithLane(opcode, lane), [lane](Operands x) {
      auto lanes = x[0].Lanes<T>();
      lanes[lane] = x[1].Lanes<T>()[0];
      return V128::FromLanes<T>(lanes);
    }));
  }
}

OracleCase Shuffle(std::array<uint8_t, 16> indices) {
  Instruction instruction = Op(Opcode::kI8x16Shuffle);
  instruction.v128.bytes = indices;
  return Whole(instruction, [indices](Operands x) {
    V128 result;
    for (size_t i = 0; i < 16; ++i) {
      result.bytes[i] = x[indices[i] / 16].bytes[indices[i] % 16];
    }
    return result;
  });
}

TEST(VectorLanes, FillsAllLanes) {
  ExpectAll({
      Splat<uint8_t>(Opcode::kI8x16Splat),
      Splat<uint16_t>(Opcode::kI16x8Splat),
      Splat<uint32_t>(Opcode::kI32x4Splat),
      Splat<uint64_t>(Opcode::kI64x2Splat),
      Splat<uint32_t>(Opcode::kF32x4Splat),
      Splat<uint64_t>(Opcode::kF64x2Splat),
  });
}

TEST(VectorLanes, ExtractsEveryLane) {
  std::vector<OracleCase> tests;
  Extract<int8_t>(Opcode::kI8x16ExtractLaneS, tests);
  Extract<uint8_t>(Opcode::kI8x16ExtractLaneU, tests);
  Extract<int16_t>(Opcode::kI16x8ExtractLaneS, tests);
  Extract<uint16_t>(Opcode::kI16x8ExtractLaneU, tests);
  Extract<uint32_t>(Opcode::kI32x4ExtractLane, tests);
  Extract<uint64_t>(Opcode::kI64x2ExtractLane, tests);
  Extract<uint32_t>(Opcode::kF32x4ExtractLane, tests);
  Extract<uint64_t>(Opcode::kF64x2ExtractLane, tests);
  ExpectAll(tests);
}

TEST(VectorLanes, ReplacesEveryLane) {
  std::vector<OracleCase> tests;
  Replace<uint8_t>(Opcode::kI8x16ReplaceLane, tests);
  Replace<uint16_t>(Opcode::kI16x8ReplaceLane, tests);
  Replace<uint32_t>(Opcode::kI32x4ReplaceLane, tests);
  Replace<uint64_t>(Opcode::kI64x2ReplaceLane, tests);
  Replace<uint32_t>(Opcode::kF32x4ReplaceLane, tests);
  Replace<uint64_t>(Opcode::kF64x2ReplaceLane, tests);
  ExpectAll(tests);
}

TEST(VectorLanes, ShufflesBytesOfBothOperands) {
  ExpectAll({
      Shuffle({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
      Shuffle({31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16}),
      Shuffle({0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}),
      Shuffle({5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}),
      Shuffle({3, 18, 27, 0, 31, 9, 9, 22, 14, 1, 16, 30, 7, 11, 25, 4}),
  });
}

}  // namespace
}  // namespace wasijit::compiler
