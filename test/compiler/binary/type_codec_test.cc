#include "compiler/binary/type_codec.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

using Bytes = std::vector<uint8_t>;

// What the codec writes for `value` is `bytes`, and reading gives it back.
template <typename T, typename Read, typename Write>
void ExpectRoundTrip(const T& value, const Bytes& bytes, Read read,
                     Write write) {
  ByteReader reader(bytes);
  EXPECT_EQ(read(reader), value);
  EXPECT_TRUE(reader.ok() && reader.AtEnd()) << testing::PrintToString(bytes);
  ByteWriter writer;
  write(value, writer);
  EXPECT_EQ(writer.bytes(), bytes);
}

template <typename Read>
std::string ErrorOf(const Bytes& bytes, Read read) {
  ByteReader reader(bytes);
  read(reader);
  return reader.ok() ? "" : reader.error();
}

TEST(TypeCodec, ReadsAndWritesBlockTypes) {
  const struct {
    Bytes bytes;
    BlockType type;
  } kCases[] = {
      {{0x40}, BlockType::Empty()},
      {{0x7f}, BlockType::Value(ValueType::I32())},
      {{0x70}, BlockType::Value(ValueType::FuncRef())},
      {{0x63, 0x05},
       BlockType::Value(ValueType::Ref(HeapType::Concrete(5), true))},
      {{0x00}, BlockType::Type(0)},
      {{0x3f}, BlockType::Type(63)},
      {{0xc0, 0x00}, BlockType::Type(64)},
  };
  for (const auto& c : kCases) {
    ExpectRoundTrip(c.type, c.bytes, ReadBlockType, WriteBlockType);
  }
  EXPECT_EQ(ErrorOf({0xff, 0x7f}, ReadBlockType), "malformed block type");
  EXPECT_EQ(ErrorOf({0x41}, ReadBlockType), "malformed reference type");
}

TEST(TypeCodec, ReadsAndWritesDefinitions) {
  const ValueType i32 = ValueType::I32();
  SubType func;
  func.composite = FuncType{{i32, ValueType::I64()}, {ValueType::F32()}};
  ExpectRoundTrip(func, {0x60, 2, 0x7f, 0x7e, 1, 0x7d}, ReadSubType,
                  WriteSubType);
  SubType open;
  open.is_final = false;
  open.composite = StructType{{{{i32, PackedType::kI8}, true}, {{i32}, false}}};
  ExpectRoundTrip(open, {0x50, 0, 0x5f, 2, 0x78, 1, 0x7f, 0}, ReadSubType,
                  WriteSubType);
  SubType sub;
  sub.supertype = 3;
  sub.composite = ArrayType{{{i32, PackedType::kI16}, false}};
  ExpectRoundTrip(sub, {0x4f, 1, 3, 0x5e, 0x77, 0}, ReadSubType, WriteSubType);
  SubType described;
  described.describes = 1;
  described.descriptor = 3;
  described.composite = StructType();
  ExpectRoundTrip(described, {0x4c, 1, 0x4d, 3, 0x5f, 0}, ReadSubType,
                  WriteSubType);
}

TEST(TypeCodec, RefusesMalformedDefinitions) {
  const struct {
    Bytes bytes;
    std::string error;
  } kCases[] = {
      {{}, "unexpected end of section or function"},
      {{0x5d}, "malformed definition type"},
      {{0xe0, 0x7f}, "integer representation too long"},
      {{0x60, 1, 0x41, 0}, "malformed reference type"},
      {{0x5e, 0x62, 0x00, 0x00}, "malformed storage type"},
      {{0x5e, 0x7f, 0x02}, "malformed mutability"},
      {{0x50, 2, 0, 1, 0x5f, 0}, "sub type with more than one supertype"},
      // Descriptor clauses twice, or in the wrong order.
      {{0x4d, 1, 0x4d, 1, 0x5f, 0}, "malformed definition type"},
      {{0x4d, 1, 0x4c, 1, 0x5f, 0}, "malformed definition type"},
      {{0x60, 0xff, 0xff, 0xff, 0xff, 0x0f}, "length out of bounds"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorOf(c.bytes, ReadSubType), c.error)
        << testing::PrintToString(c.bytes);
  }
}

TEST(TypeCodec, LimitsParametersResultsAndFields) {
  const auto error_at = [](Bytes head, uint8_t item, size_t size) {
    Bytes bytes = std::move(head);
    ByteWriter count;
    count.U32(static_cast<uint32_t>(size));
    bytes.insert(bytes.end(), count.bytes().begin(), count.bytes().end());
    bytes.insert(bytes.end(), size * 2 + 1, item);
    return ErrorOf(bytes, ReadSubType);
  };
  EXPECT_EQ(error_at({0x60}, 0x7f, kMaxParameters + 1), "too many parameters");
  EXPECT_EQ(error_at({0x60, 0}, 0x7f, kMaxResults + 1), "too many results");
  EXPECT_EQ(error_at({0x60, 0}, 0x7f, kMaxResults), "");
  EXPECT_EQ(error_at({0x5f}, 0x00, kMaxStructFields + 1), "too many fields");
}

TEST(TypeCodec, ReadsAndWritesExternTypes) {
  const auto read = [](ByteReader& reader) {
    return ReadExternType(reader, FeatureSet::All());
  };
  const struct {
    Bytes bytes;
    ExternType type;
  } kCases[] = {
      {{0x00, 5}, FunctionExternType{5, false}},
      {{0x20, 5}, FunctionExternType{5, true}},
      {{0x01, 0x70, 0x01, 1, 9},
       TableType{ValueType::FuncRef(), {.min = 1, .max = 9, .is64 = false}}},
      {{0x02, 0x00, 0x80, 0x01},
       MemoryType{{.min = 128, .max = {}, .is64 = false}}},
      {{0x02, 0x07, 1, 2},
       MemoryType{{.min = 1, .max = 2, .is64 = true}, true}},
      {{0x02, 0x08, 1, 0},
       MemoryType{{.min = 1, .max = {}, .is64 = false}, false, 0}},
      {{0x03, 0x7e, 1}, GlobalType{ValueType::I64(), true}},
      {{0x04, 0, 6}, TagType{6}},
  };
  for (const auto& c : kCases) {
    ExpectRoundTrip(c.type, c.bytes, read, WriteExternType);
  }
}

TEST(TypeCodec, RefusesMalformedExternTypes) {
  const auto read = [](ByteReader& reader) {
    ReadExternType(reader, FeatureSet::All());
  };
  const struct {
    Bytes bytes;
    std::string error;
  } kCases[] = {
      {{0x05}, "malformed import kind"},
      {{0x21, 0x00}, "malformed import kind"},
      {{0x01, 0x7f, 0x00, 0x00}, "malformed reference type"},
      {{0x01, 0x70, 0x02, 0x00}, "malformed limits flags"},
      {{0x01, 0x70, 0x81, 0x00, 0x00}, "malformed limits flags"},
      {{0x02, 0x10, 0x00}, "malformed limits flags"},
      {{0x02, 0x08, 0x00, 64}, "invalid custom page size"},
      {{0x03, 0x7f, 0x02}, "malformed mutability"},
      {{0x04, 0x01, 0x00}, "zero byte expected"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorOf(c.bytes, read), c.error)
        << testing::PrintToString(c.bytes);
  }
}

// Without the proposal, an encoding means nothing.
TEST(TypeCodec, KnowsEncodingsOfProposalsOnlyIfTheyAreOn) {
  const auto read = [](ByteReader& reader) {
    ReadExternType(reader, FeatureSet());
  };
  EXPECT_EQ(ErrorOf({0x02, 0x08, 1, 0}, read), "malformed limits flags");
  EXPECT_EQ(ErrorOf({0x20, 0}, read), "malformed import kind");
}

}  // namespace
}  // namespace wasijit::compiler
