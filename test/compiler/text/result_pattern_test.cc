#include "compiler/text/result_pattern.h"

#include <array>
#include <cstdint>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

NumberPattern Nan(NumberPattern::Kind kind, uint8_t width) {
  NumberPattern pattern;
  pattern.kind = kind;
  pattern.width = width;
  return pattern;
}

TEST(NumberPattern, TellsNansApart) {
  const struct {
    uint8_t width;
    uint64_t bits;
    bool canonical;
    bool arithmetic;
  } kCases[] = {
      {32, 0x7fc00000, true, true},
      {32, 0xffc00000, true, true},
      {32, 0x7fc00001, false, true},
      {32, 0xffffffff, false, true},
      {32, 0x7fa00000, false, false},
      {32, 0x7f800000, false, false},
      {32, 0x3f800000, false, false},
      {64, 0x7ff8000000000000, true, true},
      {64, 0xfff8000000000001, false, true},
      {64, 0x7ff4000000000000, false, false},
      {64, 0xfff0000000000000, false, false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(
        Matches(Nan(NumberPattern::Kind::kCanonicalNan, test.width), test.bits),
        test.canonical)
        << test.bits;
    EXPECT_EQ(Matches(Nan(NumberPattern::Kind::kArithmeticNan, test.width),
                      test.bits),
              test.arithmetic)
        << test.bits;
  }
}

TEST(MatchesNumber, ComparesTypeAndBits) {
  ResultPattern pattern;
  pattern.type = ValueType::F32();
  pattern.numbers = {{.width = 32, .bits = 0x80000000, .text = "-0"}};
  EXPECT_TRUE(MatchesNumber(pattern, Value::F32(-0.0f)));
  EXPECT_FALSE(MatchesNumber(pattern, Value::F32(0.0f)));
  EXPECT_FALSE(MatchesNumber(pattern, Value::I32(INT32_MIN)));
  EXPECT_EQ(ToString(pattern), "f32.const -0");
}

TEST(MatchesNumber, ComparesEveryLane) {
  ResultPattern pattern;
  pattern.kind = ResultPattern::Kind::kVector;
  pattern.type = ValueType::V128();
  for (uint64_t lane = 0; lane < 8; ++lane) {
    pattern.numbers.push_back({.width = 16, .bits = 0xff00 + lane, .text = ""});
  }
  std::array<uint16_t, 8> lanes = {0xff00, 0xff01, 0xff02, 0xff03,
                                   0xff04, 0xff05, 0xff06, 0xff07};
  EXPECT_TRUE(
      MatchesNumber(pattern, Value::Vector(V128::FromLanes<uint16_t>(lanes))));
  for (uint16_t& lane : lanes) {
    lane ^= 0x8000;
    EXPECT_FALSE(MatchesNumber(
        pattern, Value::Vector(V128::FromLanes<uint16_t>(lanes))));
    lane ^= 0x8000;
  }
}

}  // namespace
}  // namespace wasijit::compiler
