#include "runtime/value_location.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/module/value.h"

namespace wasijit {
namespace {

const Value kValues[] = {
    Value::I32(-1),
    Value::I64(INT64_MIN),
    Value::F32Bits(0x7fa00001),
    Value::F64Bits(0xfff4000000000001),
    Value::Vector(V128::FromLanes<uint64_t>({1, UINT64_MAX})),
    Value::Ref(ValueType::ExternRef(), 0x123456789),
    Value::Default(ValueType::FuncRef()),
};

TEST(ValueLocationTest, CellsHoldEveryTypeBitByBit) {
  for (const Value& value : kValues) {
    alignas(16) uint8_t cell[16];
    std::memset(cell, 0xa5, sizeof(cell));
    WriteCell(cell, value);
    EXPECT_EQ(ReadCell(cell, value.type()), value) << ToString(value);
  }
}

TEST(ValueLocationTest, I32IsExtendedWithZerosAndReadAlone) {
  uint64_t cell = 0;
  WriteCell(&cell, Value::I32(-2));
  EXPECT_EQ(cell, 0xfffffffe);
  cell = 0xdeadbeef00000005;
  EXPECT_EQ(ReadCell(&cell, ValueType::I32()), Value::I32(5));
  EXPECT_EQ(ReadCell(&cell, ValueType::F32()), Value::F32Bits(5));
}

TEST(ValueLocationTest, LocationsAreRegistersFirstAndThenSlots) {
  RegisterFile registers;
  alignas(16) uint8_t buffer[64];
  LocationAssigner places = LocationAssigner::ForArguments();
  for (uint32_t i = 0; i < 6; ++i) {
    EXPECT_EQ(LocationAddress(places.Next(ValueType::I64()), registers, buffer),
              &registers.integers[i]);
  }
  EXPECT_EQ(LocationAddress(places.Next(ValueType::F32()), registers, buffer),
            &registers.vectors[0]);
  EXPECT_EQ(
      LocationAddress(places.Next(ValueType::ExternRef()), registers, buffer),
      buffer);
  EXPECT_EQ(LocationAddress(places.Next(ValueType::I32()), registers, buffer),
            buffer + 16);
  EXPECT_EQ(LocationAddress(places.Next(ValueType::V128()), registers, buffer),
            &registers.vectors[1]);
}

}  // namespace
}  // namespace wasijit
