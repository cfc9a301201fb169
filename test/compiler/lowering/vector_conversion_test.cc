#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::FunctionCode;
using ::wasijit::test::InstructionRunner;
using ::wasijit::test::IsNan;
using ::wasijit::test::KindOf;
using ::wasijit::test::LanesOf;
using ::wasijit::test::Op;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::RunnableCpus;
using ::wasijit::test::Whole;

// To the nearest integer of the type that is not farther from zero; 0 for NaN.
template <typename To, typename From>
To TruncateSaturating(From x) {
  if (IsNan(x)) return 0;
  const double whole = std::trunc(static_cast<double>(x));
  if (whole <= static_cast<double>(std::numeric_limits<To>::min())) {
    return std::numeric_limits<To>::min();
  }
  if (whole >= static_cast<double>(std::numeric_limits<To>::max())) {
    return std::numeric_limits<To>::max();
  }
  return static_cast<To>(whole);
}

// Converts the first lanes, as many as the wider type has; the others are
// zero.
template <typename To, typename From, typename F>
OracleCase Converted(Opcode opcode, F convert) {
  return Whole(
      opcode,
      [convert](Operands x) {
        const auto lanes = x[0].Lanes<From>();
        LanesOf<To> result = {};
        for (size_t i = 0; i < result.size() && i < lanes.size(); ++i) {
          result[i] = convert(lanes[i]);
        }
        return V128::FromLanes<To>(result);
      },
      KindOf<To>());
}

template <typename To, typename From>
OracleCase Cast(Opcode opcode) {
  return Converted<To, From>(opcode, [](From x) { return static_cast<To>(x); });
}

template <typename To, typename From>
OracleCase Truncated(Opcode opcode) {
  return Converted<To, From>(opcode, TruncateSaturating<To, From>);
}

TEST(VectorConversion, SaturatesIntegers) {
  ExpectAll({
      Truncated<int32_t, float>(Opcode::kI32x4TruncSatF32x4S),
      Truncated<uint32_t, float>(Opcode::kI32x4TruncSatF32x4U),
      Truncated<int32_t, double>(Opcode::kI32x4TruncSatF64x2SZero),
      Truncated<uint32_t, double>(Opcode::kI32x4TruncSatF64x2UZero),
  });
}

TEST(VectorConversion, RoundsToNearestFloat) {
  ExpectAll({
      Cast<float, int32_t>(Opcode::kF32x4ConvertI32x4S),
      Cast<float, uint32_t>(Opcode::kF32x4ConvertI32x4U),
      Cast<double, int32_t>(Opcode::kF64x2ConvertLowI32x4S),
      Cast<double, uint32_t>(Opcode::kF64x2ConvertLowI32x4U),
      Cast<float, double>(Opcode::kF32x4DemoteF64x2Zero),
      Cast<double, float>(Opcode::kF64x2PromoteLowF32x4),
  });
}

TEST(VectorConversion, QuietensNanDemotedAfterPromotion) {
  FunctionCode code;
  code.type.params = {ValueType::V128()};
  code.type.results = {ValueType::V128()};
  code.body = {Op(Opcode::kLocalGet), Op(Opcode::kF64x2PromoteLowF32x4),
               Op(Opcode::kF32x4DemoteF64x2Zero)};
  const V128 signalling =
      V128::FromLanes<uint32_t>({0x7f800001, 0xffa00000, 0, 0});
  for (const std::string& cpu : RunnableCpus()) {
    InstructionRunner runner({code}, cpu, OptimizationLevel::kFull);
    const auto lanes = runner.Run(0, {signalling})[0].Lanes<uint32_t>();
    for (size_t i : {0, 1}) {
      EXPECT_EQ(lanes[i] & 0x7fc00000, 0x7fc00000) << cpu << ", lane " << i;
    }
    EXPECT_EQ(lanes[2], 0) << cpu;
    EXPECT_EQ(lanes[3], 0) << cpu;
  }
}

}  // namespace
}  // namespace wasijit::compiler
