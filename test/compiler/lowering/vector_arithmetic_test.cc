#include <cstdint>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::Lanewise;
using ::wasijit::test::OracleCase;
using ::wasijit::test::Saturate;

template <typename T>
T AddSat(T a, T b) {
  return Saturate<T>(a + b);
}
template <typename T>
T SubSat(T a, T b) {
  return Saturate<T>(a - b);
}
template <typename T>
T Min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
T Max(T a, T b) {
  return a < b ? b : a;
}
template <typename T>
T Average(T a, T b) {
  return static_cast<T>((a + b + 1) / 2);
}

TEST(VectorArithmetic, SaturatesSumsAndDifferences) {
  ExpectAll({
      Lanewise<int8_t>(Opcode::kI8x16AddSatS, AddSat<int8_t>),
      Lanewise<uint8_t>(Opcode::kI8x16AddSatU, AddSat<uint8_t>),
      Lanewise<int8_t>(Opcode::kI8x16SubSatS, SubSat<int8_t>),
      Lanewise<uint8_t>(Opcode::kI8x16SubSatU, SubSat<uint8_t>),
      Lanewise<int16_t>(Opcode::kI16x8AddSatS, AddSat<int16_t>),
      Lanewise<uint16_t>(Opcode::kI16x8AddSatU, AddSat<uint16_t>),
      Lanewise<int16_t>(Opcode::kI16x8SubSatS, SubSat<int16_t>),
      Lanewise<uint16_t>(Opcode::kI16x8SubSatU, SubSat<uint16_t>),
  });
}

TEST(VectorArithmetic, TakesTheLesserAndTheGreaterInteger) {
  ExpectAll({
      Lanewise<int8_t>(Opcode::kI8x16MinS, Min<int8_t>),
      Lanewise<uint8_t>(Opcode::kI8x16MinU, Min<uint8_t>),
      Lanewise<int8_t>(Opcode::kI8x16MaxS, Max<int8_t>),
      Lanewise<uint8_t>(Opcode::kI8x16MaxU, Max<uint8_t>),
      Lanewise<int16_t>(Opcode::kI16x8MinS, Min<int16_t>),
      Lanewise<uint16_t>(Opcode::kI16x8MinU, Min<uint16_t>),
      Lanewise<int16_t>(Opcode::kI16x8MaxS, Max<int16_t>),
      Lanewise<uint16_t>(Opcode::kI16x8MaxU, Max<uint16_t>),
      Lanewise<int32_t>(Opcode::kI32x4MinS, Min<int32_t>),
      Lanewise<uint32_t>(Opcode::kI32x4MinU, Min<uint32_t>),
      Lanewise<int32_t>(Opcode::kI32x4MaxS, Max<int32_t>),
      Lanewise<uint32_t>(Opcode::kI32x4MaxU, Max<uint32_t>),
  });
}

TEST(VectorArithmetic, RoundsAveragesUp) {
  ExpectAll({
      Lanewise<uint8_t>(Opcode::kI8x16AvgrU, Average<uint8_t>),
      Lanewise<uint16_t>(Opcode::kI16x8AvgrU, Average<uint16_t>),
  });
}

// Pseudo-minimum and -maximum are a comparison and a choice: zeros are equal,
// and with a NaN the first operand comes out.
TEST(VectorArithmetic, ChoosesByComparison) {
  ExpectAll({
      Lanewise<float>(Opcode::kF32x4Pmin, Min<float>),
      Lanewise<float>(Opcode::kF32x4Pmax, Max<float>),
      Lanewise<double>(Opcode::kF64x2Pmin, Min<double>),
      Lanewise<double>(Opcode::kF64x2Pmax, Max<double>),
  });
}

}  // namespace
}  // namespace wasijit::compiler
