#include "runtime/module/value.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(Value, GivesBackWhatItWasMadeOf) {
  EXPECT_EQ(Value::I32(-5).i32(), -5);
  EXPECT_EQ(Value::I64(INT64_MIN).i64(), INT64_MIN);
  EXPECT_EQ(Value::F32(1.5f).f32(), 1.5f);
  EXPECT_EQ(Value::F64(-0.25).f64(), -0.25);
  EXPECT_EQ(Value::Ref(ValueType::FuncRef(), 0x1234567890).ref(),
            0x1234567890u);
  const V128 vector = V128::FromLanes<uint32_t>({1, 2, 3, 4});
  EXPECT_EQ(Value::Vector(vector).v128(), vector);
  EXPECT_EQ(vector.Lanes<uint8_t>()[4], 2);
}

TEST(Value, KeepsSignallingNans) {
  EXPECT_EQ(Value::F32Bits(0x7fa00000).f32_bits(), 0x7fa00000u);
  EXPECT_EQ(Value::F64Bits(0x7ff4000000000001).f64_bits(), 0x7ff4000000000001u);
}

TEST(Value, ComparesTypesAndBits) {
  EXPECT_EQ(Value::I32(1), Value::I32(1));
  EXPECT_NE(Value::I32(1), Value::I64(1));
  EXPECT_NE(Value::F32(0.0f), Value::F32(-0.0f));
  EXPECT_EQ(Value::F32Bits(0x7fc00000), Value::F32Bits(0x7fc00000));
}

TEST(Value, HasDefaults) {
  EXPECT_EQ(Value(), Value::I32(0));
  EXPECT_EQ(Value::Default(ValueType::F64()), Value::F64(0.0));
  EXPECT_TRUE(Value::Default(ValueType::ExternRef()).IsNull());
  EXPECT_FALSE(Value::I32(0).IsNull());
}

TEST(ToString, WritesConstantsAsTheTextFormatDoes) {
  const struct {
    Value value;
    std::string text;
  } kCases[] = {
      {Value::I32(-1), "i32.const -1"},
      {Value::I64(INT64_MAX), "i64.const 9223372036854775807"},
      {Value::F32(0.5f), "f32.const 0.5"},
      {Value::F64(-0.0), "f64.const -0"},
      {Value::F64(std::numeric_limits<double>::infinity()), "f64.const inf"},
      {Value::F32Bits(0x7fc00000), "f32.const nan"},
      {Value::F32Bits(0xffa00000), "f32.const -nan:0x200000"},
      {Value::Vector(V128::FromLanes<uint32_t>({1, 2, 3, 0xffffffff})),
       "v128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff"},
      {Value::Default(ValueType::FuncRef()), "ref.null func"},
      {Value::Ref(ValueType::Ref(AbstractHeapType::kFunc, false), 8),
       "(ref func)"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ToString(c.value), c.text);
}

}  // namespace
}  // namespace wasijit
