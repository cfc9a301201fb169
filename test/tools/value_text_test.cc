#include "tools/value_text.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ParseValue, ReadsNumbers) {
  const struct {
    const char* text;
    Value value;
  } kCases[] = {
      {"0", Value::I32(0)},
      {"-1", Value::I32(-1)},
      {"+7", Value::I32(7)},
      {"4294967295", Value::I32(-1)},
      {"-2147483648", Value::I32(std::numeric_limits<int32_t>::min())},
      {"0xffffffff", Value::I32(-1)},
      {"-0x80000000", Value::I32(std::numeric_limits<int32_t>::min())},
      {"18446744073709551615", Value::I64(-1)},
      {"-9223372036854775808", Value::I64(std::numeric_limits<int64_t>::min())},
      {"0.1", Value::F32(0.1f)},
      {"0.1", Value::F64(0.1)},
      {"-0", Value::F64(-0.0)},
      {"0x1.8p1", Value::F64(3.0)},
      {"1e-400", Value::F64(0)},
      {"1e400", Value::F64(kInfinity)},
      {"-inf", Value::F64(-kInfinity)},
      // Between two floats; by way of double it would round twice.
      {"1.00000017881393432617187499", Value::F32(0x1.000002p0f)},
      {"null", Value::Default(ValueType::ExternRef())},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(ParseValue(test.value.type(), test.text),
                IsOkAndHolds(test.value))
        << test.text;
  }
  absl::StatusOr<Value> nan = ParseValue(ValueType::F32(), "nan");
  ASSERT_OK(nan);
  EXPECT_TRUE(std::isnan(nan->f32()));
}

TEST(ParseValue, RejectsOtherText) {
  const struct {
    ValueType type;
    const char* text;
    const char* message;
  } kCases[] = {
      {ValueType::I32(), "", "not an integer"},
      {ValueType::I32(), "-", "not an integer"},
      {ValueType::I32(), "0x", "not an integer"},
      {ValueType::I32(), "1.5", "not an integer"},
      {ValueType::I32(), " 1", "not an integer"},
      {ValueType::I32(), "--1", "not an integer"},
      {ValueType::I32(), "4294967296", "out of range"},
      {ValueType::I32(), "-2147483649", "out of range"},
      {ValueType::I64(), "18446744073709551616", "out of range"},
      {ValueType::I64(), "-9223372036854775809", "out of range"},
      {ValueType::F64(), "", "not a number"},
      {ValueType::F64(), " 1", "not a number"},
      {ValueType::F64(), "1x", "not a number"},
      {ValueType::F32(), "one", "'one' is no f32"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(
        ParseValue(test.type, test.text),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)))
        << test.text;
  }
}

TEST(ParseValue, SaysWhichTypesHaveNoText) {
  EXPECT_THAT(ParseValue(ValueType::V128(), "1"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("v128")));
  EXPECT_THAT(ParseValue(ValueType::FuncRef(), "f"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("funcref")));
}

TEST(FormatValue, WritesWhatDeterminesTheValue) {
  const struct {
    Value value;
    const char* text;
  } kCases[] = {
      {Value::I32(-1), "-1"},
      {Value::I64(std::numeric_limits<int64_t>::min()), "-9223372036854775808"},
      {Value::F32(0.1f), "0.1"},
      {Value::F64(0.1), "0.1"},
      {Value::F64(1), "1"},
      {Value::F64(-0.0), "-0"},
      {Value::F64(1e300), "1e+300"},
      {Value::F64(5e-324), "5e-324"},
      {Value::F64(-kInfinity), "-inf"},
      {Value::F64(std::nan("")), "nan"},
      {Value::F64(-std::nan("")), "-nan"},
      {Value::Vector(V128::FromLanes<uint64_t>({2, 1})),
       "0x00000000000000010000000000000002"},
      {Value::Default(ValueType::FuncRef()), "null"},
      {Value::Ref(ValueType::ExternRef(), 1), "<externref>"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(FormatValue(test.value), test.text);
  }
}

TEST(FormatValue, IsReadBackTheSame) {
  for (const Value& value :
       {Value::F32(1.0f / 3), Value::F32(16777216.0f), Value::F64(1.0 / 3),
        Value::F64(5e-324), Value::F64(1.7976931348623157e308),
        Value::I32(-2147483647), Value::I64(1)}) {
    EXPECT_THAT(ParseValue(value.type(), FormatValue(value)),
                IsOkAndHolds(value));
  }
}

}  // namespace
}  // namespace wasijit::tools
