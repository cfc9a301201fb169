#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::Lanewise;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::ScalarVector;
using ::wasijit::test::Whole;

template <typename T>
OracleCase AllTrue(Opcode opcode) {
  return Whole(opcode, [](Operands x) {
    const auto lanes = x[0].Lanes<T>();
    return ScalarVector(std::count(lanes.begin(), lanes.end(), 0) == 0);
  });
}

template <typename T>
OracleCase Bitmask(Opcode opcode) {
  return Whole(opcode, [](Operands x) {
    const auto lanes = x[0].Lanes<T>();
    uint64_t mask = 0;
    for (size_t i = 0; i < lanes.size(); ++i) {
      mask |= uint64_t{lanes[i] < 0} << i;
    }
    return ScalarVector(mask);
  });
}

TEST(VectorBoolean, CombinesBits) {
  using Word = uint64_t;
  ExpectAll({
      Lanewise<Word>(Opcode::kV128Not, [](Word a) { return ~a; }),
      Lanewise<Word>(Opcode::kV128And, [](Word a, Word b) { return a & b; }),
      Lanewise<Word>(Opcode::kV128Or, [](Word a, Word b) { return a | b; }),
      Lanewise<Word>(Opcode::kV128Xor, [](Word a, Word b) { return a ^ b; }),
      Lanewise<Word>(Opcode::kV128Andnot,
                     [](Word a, Word b) { return a & ~b; }),
      Lanewise<Word>(
          Opcode::kV128Bitselect,
          [](Word a, Word b, Word mask) { return (a & mask) | (b & ~mask); }),
  });
}

TEST(VectorBoolean, TestsLanes) {
  ExpectAll({
      Whole(Opcode::kV128AnyTrue,
            [](Operands x) { return ScalarVector(!(x[0] == V128())); }),
      AllTrue<int8_t>(Opcode::kI8x16AllTrue),
      AllTrue<int16_t>(Opcode::kI16x8AllTrue),
      AllTrue<int32_t>(Opcode::kI32x4AllTrue),
      AllTrue<int64_t>(Opcode::kI64x2AllTrue),
  });
}

TEST(VectorBoolean, CollectsSigns) {
  ExpectAll({
      Bitmask<int8_t>(Opcode::kI8x16Bitmask),
      Bitmask<int16_t>(Opcode::kI16x8Bitmask),
      Bitmask<int32_t>(Opcode::kI32x4Bitmask),
      Bitmask<int64_t>(Opcode::kI64x2Bitmask),
  });
}

}  // namespace
}  // namespace wasijit::compiler
