#include "compiler/lowering/vector.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::AllOperands;
using ::wasijit::test::ExpectAll;
using ::wasijit::test::FunctionCode;
using ::wasijit::test::InstructionRunner;
using ::wasijit::test::IsNan;
using ::wasijit::test::Lanewise;
using ::wasijit::test::Op;
using ::wasijit::test::OracleCase;
using ::wasijit::test::RunnableCpus;
using ::wasijit::test::Saturate;
using ::wasijit::test::VectorText;

// Counts are modulo the width of a lane.
template <typename T>
OracleCase Shift(Opcode opcode, T (*shift)(T lane, uint32_t count)) {
  return Lanewise<T>(opcode, [shift](T lane, V128 count) {
    return shift(lane, count.Lanes<uint32_t>()[0] % (sizeof(T) * 8));
  });
}
template <typename T>
T Left(T lane, uint32_t count) {
  return static_cast<T>(lane << count);
}
template <typename T>
T Right(T lane, uint32_t count) {
  return static_cast<T>(lane >> count);
}

template <typename T>
T Negative(T a) {
  return static_cast<T>(uint64_t{0} - static_cast<uint64_t>(a));
}
template <typename T>
T Magnitude(T a) {
  return a < 0 ? Negative(a) : a;
}

int16_t Q15Product(int16_t a, int16_t b) {
  return Saturate<int16_t>((a * b + 0x4000) >> 15);
}

TEST(Vector, ShiftsByTheCountModuloTheWidth) {
  ExpectAll({
      Shift<uint8_t>(Opcode::kI8x16Shl, Left),
      Shift<int8_t>(Opcode::kI8x16ShrS, Right),
      Shift<uint8_t>(Opcode::kI8x16ShrU, Right),
      Shift<uint16_t>(Opcode::kI16x8Shl, Left),
      Shift<int16_t>(Opcode::kI16x8ShrS, Right),
      Shift<uint16_t>(Opcode::kI16x8ShrU, Right),
      Shift<uint32_t>(Opcode::kI32x4Shl, Left),
      Shift<int32_t>(Opcode::kI32x4ShrS, Right),
      Shift<uint32_t>(Opcode::kI32x4ShrU, Right),
      Shift<uint64_t>(Opcode::kI64x2Shl, Left),
      Shift<int64_t>(Opcode::kI64x2ShrS, Right),
      Shift<uint64_t>(Opcode::kI64x2ShrU, Right),
  });
}

TEST(Vector, ComparesIntoMasks) {
  ExpectAll({
      Lanewise<int8_t>(Opcode::kI8x16Eq,
                       [](int8_t a, int8_t b) { return -(a == b); }),
      Lanewise<uint8_t>(Opcode::kI8x16LtU,
                        [](uint8_t a, uint8_t b) { return -(a < b); }),
      Lanewise<int16_t>(Opcode::kI16x8GeS,
                        [](int16_t a, int16_t b) { return -(a >= b); }),
      Lanewise<uint32_t>(Opcode::kI32x4GtU,
                         [](uint32_t a, uint32_t b) { return -(a > b); }),
      Lanewise<int64_t>(Opcode::kI64x2LtS,
                        [](int64_t a, int64_t b) { return -(a < b); }),
      Lanewise<int64_t>(Opcode::kI64x2GeS,
                        [](int64_t a, int64_t b) { return -(a >= b); }),
      Lanewise<int32_t>(Opcode::kF32x4Ne,
                        [](int32_t a, int32_t b) {
                          return -(std::bit_cast<float>(a) !=
                                   std::bit_cast<float>(b));
                        }),
      Lanewise<int64_t>(Opcode::kF64x2Le,
                        [](int64_t a, int64_t b) {
                          return -(std::bit_cast<double>(a) <=
                                   std::bit_cast<double>(b));
                        }),
  });
}

TEST(Vector, CalculatesWithIntegers) {
  ExpectAll({
      Lanewise<uint8_t>(Opcode::kI8x16Add,
                        [](uint8_t a, uint8_t b) { return a + b; }),
      Lanewise<uint16_t>(
          Opcode::kI16x8Mul,
          [](uint16_t a, uint16_t b) { return uint32_t{a} * uint32_t{b}; }),
      Lanewise<uint32_t>(Opcode::kI32x4Sub,
                         [](uint32_t a, uint32_t b) { return a - b; }),
      Lanewise<uint64_t>(Opcode::kI64x2Mul,
                         [](uint64_t a, uint64_t b) { return a * b; }),
      Lanewise<int8_t>(Opcode::kI8x16Abs, Magnitude<int8_t>),
      Lanewise<int16_t>(Opcode::kI16x8Abs, Magnitude<int16_t>),
      Lanewise<int32_t>(Opcode::kI32x4Abs, Magnitude<int32_t>),
      Lanewise<int64_t>(Opcode::kI64x2Abs, Magnitude<int64_t>),
      Lanewise<int8_t>(Opcode::kI8x16Neg, Negative<int8_t>),
      Lanewise<uint8_t>(Opcode::kI8x16Popcnt,
                        [](uint8_t a) { return std::popcount(a); }),
      Lanewise<int16_t>(Opcode::kI16x8Q15mulrSatS, Q15Product),
  });
}

TEST(Vector, CalculatesWithFloats) {
  ExpectAll({
      Lanewise<float>(Opcode::kF32x4Add,
                      [](float a, float b) { return a + b; }),
      Lanewise<float>(Opcode::kF32x4Mul,
                      [](float a, float b) { return a * b; }),
      Lanewise<double>(Opcode::kF64x2Sub,
                       [](double a, double b) { return a - b; }),
      Lanewise<double>(Opcode::kF64x2Div,
                       [](double a, double b) { return a / b; }),
      Lanewise<float>(Opcode::kF32x4Sqrt, [](float a) { return std::sqrt(a); }),
      Lanewise<double>(Opcode::kF64x2Ceil,
                       [](double a) { return std::ceil(a); }),
      Lanewise<float>(Opcode::kF32x4Floor,
                      [](float a) { return std::floor(a); }),
      Lanewise<float>(Opcode::kF32x4Trunc,
                      [](float a) { return std::trunc(a); }),
      // The rounding mode is to nearest, ties to even.
      Lanewise<double>(Opcode::kF64x2Nearest,
                       [](double a) { return std::nearbyint(a); }),
      Lanewise<uint32_t>(Opcode::kF32x4Neg,
                         [](uint32_t a) { return a ^ 0x80000000; }),
      Lanewise<uint32_t>(Opcode::kF32x4Abs,
                         [](uint32_t a) { return a & 0x7fffffff; }),
  });
}

TEST(Vector, SwizzlesZerosFromIndicesOutOfRange) {
  ExpectAll({{Op(Opcode::kI8x16Swizzle), [](test::Operands x) {
                V128 result;
                for (size_t i = 0; i < 16; ++i) {
                  const uint8_t index = x[1].bytes[i];
                  result.bytes[i] = index < 16 ? x[0].bytes[index] : 0;
                }
                return std::vector<V128>{result};
              }}});
}

// Operations with one constant operand, which LLVM reduces where it can.
struct Identity {
  Opcode opcode;
  double constant;
  bool constant_first;
};

TEST(Vector, QuietensNanInOperationsWithoutEffect) {
  constexpr Identity kIdentities[] = {
      {Opcode::kF32x4Mul, 1.0, false},
      {Opcode::kF32x4Mul, 1.0, true},
      {Opcode::kF32x4Div, 1.0, false},
      {Opcode::kF32x4Mul, -1.0, false},
      {Opcode::kF32x4Mul, -1.0, true},
      {Opcode::kF32x4Div, -1.0, false},
      {Opcode::kF32x4Add, -0.0, false},
      {Opcode::kF32x4Add, 0.0, true},
      {Opcode::kF32x4Sub, 0.0, false},
      {Opcode::kF32x4Sub, -0.0, true},
      {Opcode::kF32x4Min, std::numeric_limits<double>::infinity(), false},
      {Opcode::kF32x4Min, -std::numeric_limits<double>::infinity(), true},
      {Opcode::kF32x4Min, -0.0, false},
      {Opcode::kF32x4Max, -std::numeric_limits<double>::infinity(), true},
      {Opcode::kF32x4Max, 0.0, false},
      {Opcode::kF32x4Max, 255.0, true},
  };
  std::vector<FunctionCode> functions;
  for (const Identity& identity : kIdentities) {
    Instruction constant = Op(Opcode::kV128Const);
    test::LanesOf<float> lanes;
    lanes.fill(static_cast<float>(identity.constant));
    constant.v128 = V128::FromLanes<float>(lanes);
    FunctionCode& code = functions.emplace_back();
    code.type.params = {ValueType::V128()};
    code.type.results = {ValueType::V128()};
    code.body = {Op(Opcode::kLocalGet), Op(Opcode::kLocalGet),
                 Op(identity.opcode)};
    code.body[identity.constant_first ? 0 : 1] = constant;
  }
  const V128 signalling = V128::FromLanes<uint32_t>(
      {0x7f800001, 0xffa00000, 0x7fbfffff, 0xff800001});
  for (const std::string& cpu : RunnableCpus()) {
    InstructionRunner runner(functions, cpu, OptimizationLevel::kFull);
    for (size_t i = 0; i < functions.size(); ++i) {
      for (uint32_t lane : runner.Run(i, {signalling})[0].Lanes<uint32_t>()) {
        EXPECT_EQ(lane & 0x7fc00000, 0x7fc00000)
            << test::Op(kIdentities[i].opcode).text() << " with "
            << kIdentities[i].constant << " on " << cpu;
      }
    }
  }
}

TEST(Vector, KeepsTheBitsOfConstants) {
  std::vector<FunctionCode> functions;
  for (const auto& vectors : AllOperands()) {
    functions.push_back(test::OnConstants(Op(Opcode::kV128Const), {}));
    functions.back().body = {test::ConstantOf(ValueType::V128(), vectors[0])};
  }
  InstructionRunner runner(functions, "baseline", OptimizationLevel::kNone);
  for (size_t i = 0; i < functions.size(); ++i) {
    EXPECT_EQ(VectorText(runner.Run(i, {})[0]),
              VectorText(AllOperands()[i][0]));
  }
}

}  // namespace
}  // namespace wasijit::compiler
