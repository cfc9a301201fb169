#include "runtime/module/value_type_codec.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(ValueTypeCodec, ReadsAndWritesEveryForm) {
  using enum AbstractHeapType;
  const auto null = [](HeapType type) { return ValueType::Ref(type, true); };
  const auto ref = [](HeapType type) { return ValueType::Ref(type, false); };
  const struct {
    Bytes bytes;
    ValueType type;
  } kCases[] = {
      {{0x7f}, ValueType::I32()},
      {{0x7e}, ValueType::I64()},
      {{0x7d}, ValueType::F32()},
      {{0x7c}, ValueType::F64()},
      {{0x7b}, ValueType::V128()},
      {{0x74}, null(kNoExn)},
      {{0x73}, null(kNoFunc)},
      {{0x72}, null(kNoExtern)},
      {{0x71}, null(kNone)},
      {{0x70}, null(kFunc)},
      {{0x6f}, null(kExtern)},
      {{0x6e}, null(kAny)},
      {{0x6d}, null(kEq)},
      {{0x6c}, null(kI31)},
      {{0x6b}, null(kStruct)},
      {{0x6a}, null(kArray)},
      {{0x69}, null(kExn)},
      {{0x64, 0x70}, ref(kFunc)},
      {{0x64, 0x69}, ref(kExn)},
      {{0x63, 0x00}, null(HeapType::Concrete(0))},
      {{0x64, 0x3f}, ref(HeapType::Concrete(63))},
      // Indices are signed numbers: 64 takes two bytes.
      {{0x64, 0xc0, 0x00}, ref(HeapType::Concrete(64))},
      {{0x63, 0x62, 0x05}, null(HeapType::Concrete(5, /*exact=*/true))},
      {{0x64, 0x62, 0xc0, 0x00}, ref(HeapType::Concrete(64, /*exact=*/true))},
  };
  for (const auto& c : kCases) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(ReadValueType(reader), c.type) << ToString(c.type);
    EXPECT_TRUE(reader.ok() && reader.AtEnd()) << ToString(c.type);
    ByteWriter writer;
    WriteValueType(c.type, writer);
    EXPECT_EQ(writer.bytes(), c.bytes) << ToString(c.type);
  }
}

// The long form of a type that has a short one.
TEST(ValueTypeCodec, ReadsTheLongFormOfNullableTypes) {
  const Bytes bytes = {0x63, 0x70};
  ByteReader reader(bytes);
  EXPECT_EQ(ReadValueType(reader), ValueType::FuncRef());
}

TEST(ValueTypeCodec, RefusesWhatIsNoType) {
  const struct {
    Bytes bytes;
    std::string error;
  } kCases[] = {
      {{}, "unexpected end of section or function"},
      {{0x40}, "malformed reference type"},
      {{0x75}, "malformed reference type"},
      {{0x00}, "malformed reference type"},
      {{0x62, 0x00}, "malformed reference type"},
      {{0x64}, "unexpected end of section or function"},
      {{0x64, 0x7f}, "malformed heap type"},
      {{0x64, 0x62, 0x62, 0x00}, "malformed heap type"},
      {{0x64, 0x62, 0x70}, "malformed heap type"},
      {{0x63, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00},
       "integer representation too long"},
  };
  for (const auto& c : kCases) {
    ByteReader reader(c.bytes);
    ReadValueType(reader);
    ASSERT_FALSE(reader.ok()) << testing::PrintToString(c.bytes);
    EXPECT_EQ(reader.error(), c.error) << testing::PrintToString(c.bytes);
  }
}

TEST(ValueTypeCodec, DemandsAReference) {
  const Bytes bytes = {0x7f};
  ByteReader reader(bytes);
  ReadReferenceType(reader);
  EXPECT_EQ(reader.error(), "malformed reference type");
  EXPECT_EQ(reader.error_offset(), 0u);
}

}  // namespace
}  // namespace wasijit
