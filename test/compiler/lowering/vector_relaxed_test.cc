#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::IsNan;
using ::wasijit::test::KindOf;
using ::wasijit::test::LaneKind;
using ::wasijit::test::LanesOf;
using ::wasijit::test::Number;
using ::wasijit::test::Op;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::Saturate;

// Choices of results, lane by lane: `f` gives an array of what lane i may be.
template <Number T, typename F>
OracleCase Choices(Opcode opcode, F f) {
  return {Op(opcode),
          [f](Operands x) {
            std::vector<V128> choices(f(x, 0).size());
            for (size_t i = 0; i < 16 / sizeof(T); ++i) {
              const auto values = f(x, i);
              for (size_t c = 0; c < choices.size(); ++c) {
                auto lanes = choices[c].template Lanes<T>();
                lanes[i] = values[c];
                choices[c] = V128::FromLanes<T>(lanes);
              }
            }
            return choices;
          },
          KindOf<T>(), sizeof(T)};
}

// Saturated, or what machines give for numbers that are out of range.
template <Number To, Number From>
OracleCase Truncated(Opcode opcode) {
  return Choices<To>(opcode, [](Operands x, size_t i) {
    using Choice = std::array<To, 2>;
    const auto lanes = x[0].Lanes<From>();
    if (i >= lanes.size()) return Choice{0, 0};
    constexpr To kMin = std::numeric_limits<To>::min();
    constexpr To kMax = std::numeric_limits<To>::max();
    const To invalid = kMin == 0 ? kMax : kMin;
    const double whole = std::trunc(static_cast<double>(lanes[i]));
    if (IsNan(whole)) return Choice{0, invalid};
    if (whole < static_cast<double>(kMin)) return Choice{kMin, invalid};
    if (whole > static_cast<double>(kMax)) return Choice{kMax, invalid};
    return Choice{static_cast<To>(whole), static_cast<To>(whole)};
  });
}

template <Number T>
OracleCase LaneSelected(Opcode opcode) {
  return Choices<T>(opcode, [](Operands x, size_t i) {
    const T a = x[0].Lanes<T>()[i];
    const T b = x[1].Lanes<T>()[i];
    const T mask = x[2].Lanes<T>()[i];
    const bool sign = mask >> (sizeof(T) * 8 - 1);
    return std::array<T, 2>{static_cast<T>((a & mask) | (b & ~mask)),
                            sign ? a : b};
  });
}

// The strict result, or either operand for NaNs and zeros.
template <Number T>
OracleCase Extreme(Opcode opcode, bool is_min) {
  return Choices<T>(opcode, [is_min](Operands x, size_t i) {
    const T a = x[0].Lanes<T>()[i];
    const T b = x[1].Lanes<T>()[i];
    if (IsNan(a) || IsNan(b) || a == b) return std::array<T, 2>{a, b};
    const T result = (a < b) == is_min ? a : b;
    return std::array<T, 2>{result, result};
  });
}

template <Number T>
OracleCase MultipliedAndAdded(Opcode opcode, T sign) {
  return Choices<T>(opcode, [sign](Operands x, size_t i) {
    const T a = sign * x[0].Lanes<T>()[i];
    const T b = x[1].Lanes<T>()[i];
    const T c = x[2].Lanes<T>()[i];
    // Not contracted: the volatile is a rounding of its own.
    const volatile T product = a * b;
    return std::array<T, 2>{product + c, std::fma(a, b, c)};
  });
}

std::array<int16_t, 2> Q15Choices(Operands x, size_t i) {
  const int product =
      (x[0].Lanes<int16_t>()[i] * x[1].Lanes<int16_t>()[i] + 0x4000) >> 15;
  return {Saturate<int16_t>(product), static_cast<int16_t>(product)};
}

std::array<uint8_t, 2> SwizzleChoices(Operands x, size_t i) {
  const uint8_t index = x[1].bytes[i];
  const uint8_t wrapped = x[0].bytes[index % 16];
  return {index < 16 ? wrapped : uint8_t{0},
          index < 128 ? wrapped : uint8_t{0}};
}

// Second factors with bit 7 count as signed or as unsigned.
int Product(Operands x, size_t i, bool is_unsigned) {
  const int first = x[0].Lanes<int8_t>()[i];
  return first * (is_unsigned ? int{x[1].Lanes<uint8_t>()[i]}
                              : int{x[1].Lanes<int8_t>()[i]});
}

// The sum of two products, wrapped or saturated.
std::array<int16_t, 2> DotChoices(Operands x, size_t i) {
  const int as_signed = Product(x, 2 * i, false) + Product(x, 2 * i + 1, false);
  const int as_unsigned = Product(x, 2 * i, true) + Product(x, 2 * i + 1, true);
  return {static_cast<int16_t>(as_signed), Saturate<int16_t>(as_unsigned)};
}

std::array<uint32_t, 4> DotAddChoices(Operands x, size_t i) {
  const uint32_t addend = x[2].Lanes<uint32_t>()[i];
  std::array<uint32_t, 4> sums = {addend, addend, addend, addend};
  for (size_t pair = 2 * i; pair < 2 * i + 2; ++pair) {
    for (size_t k = 0; k < 2; ++k) {
      sums[k] += static_cast<uint32_t>(DotChoices(x, pair)[k]);
    }
    for (size_t k = 2 * pair; k < 2 * pair + 2; ++k) {
      sums[2] += static_cast<uint32_t>(Product(x, k, false));
      sums[3] += static_cast<uint32_t>(Product(x, k, true));
    }
  }
  return sums;
}

TEST(VectorRelaxed, TruncatesLikeAMachine) {
  ExpectAll({
      Truncated<int32_t, float>(Opcode::kI32x4RelaxedTruncF32x4S),
      Truncated<uint32_t, float>(Opcode::kI32x4RelaxedTruncF32x4U),
      Truncated<int32_t, double>(Opcode::kI32x4RelaxedTruncF64x2SZero),
      Truncated<uint32_t, double>(Opcode::kI32x4RelaxedTruncF64x2UZero),
  });
}

TEST(VectorRelaxed, SelectsBySignOrByBits) {
  ExpectAll({
      LaneSelected<uint8_t>(Opcode::kI8x16RelaxedLaneselect),
      LaneSelected<uint16_t>(Opcode::kI16x8RelaxedLaneselect),
      LaneSelected<uint32_t>(Opcode::kI32x4RelaxedLaneselect),
      LaneSelected<uint64_t>(Opcode::kI64x2RelaxedLaneselect),
  });
}

TEST(VectorRelaxed, IsFreeWithNansAndZerosOnly) {
  ExpectAll({
      Extreme<float>(Opcode::kF32x4RelaxedMin, /*is_min=*/true),
      Extreme<float>(Opcode::kF32x4RelaxedMax, /*is_min=*/false),
      Extreme<double>(Opcode::kF64x2RelaxedMin, /*is_min=*/true),
      Extreme<double>(Opcode::kF64x2RelaxedMax, /*is_min=*/false),
  });
}

TEST(VectorRelaxed, RoundsOnceOrTwice) {
  ExpectAll({
      MultipliedAndAdded<float>(Opcode::kF32x4RelaxedMadd, 1),
      MultipliedAndAdded<float>(Opcode::kF32x4RelaxedNmadd, -1),
      MultipliedAndAdded<double>(Opcode::kF64x2RelaxedMadd, 1),
      MultipliedAndAdded<double>(Opcode::kF64x2RelaxedNmadd, -1),
  });
}

TEST(VectorRelaxed, WrapsOrSaturatesProducts) {
  ExpectAll({
      Choices<int16_t>(Opcode::kI16x8RelaxedQ15mulrS, Q15Choices),
      Choices<int16_t>(Opcode::kI16x8RelaxedDotI8x16I7x16S, DotChoices),
      Choices<uint32_t>(Opcode::kI32x4RelaxedDotI8x16I7x16AddS, DotAddChoices),
  });
}

TEST(VectorRelaxed, SwizzlesZeroOrModulo) {
  ExpectAll({Choices<uint8_t>(Opcode::kI8x16RelaxedSwizzle, SwizzleChoices)});
}

}  // namespace
}  // namespace wasijit::compiler
