#include "compiler/binary/section_decoders.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Bytes = std::vector<uint8_t>;

struct Decoded {
  Module module;
  std::vector<ByteRange> bodies;
  std::string error;
  bool limit = false;
};

Decoded Decode(SectionId id, const Bytes& content) {
  Decoded result;
  result.module.bytes = std::make_shared<const Bytes>(content);
  ByteReader reader(*result.module.bytes);
  DecodeSection(id, FeatureSet::All(), reader, result.module, result.bodies);
  if (!reader.ok()) {
    result.error = reader.error();
    result.limit =
        reader.status().code() == absl::StatusCode::kResourceExhausted;
  }
  return result;
}

TEST(DecodeSection, GroupsTypes) {
  const Decoded decoded = Decode(
      SectionId::kType, {3, 0x60, 0, 0, 0x4e, 2, 0x5f, 0, 0x5f, 0, 0x60, 0, 0});
  EXPECT_EQ(decoded.error, "");
  EXPECT_THAT(decoded.module.types, SizeIs(4));
  EXPECT_THAT(decoded.module.rec_groups,
              ElementsAre(RecGroup{0, 1}, RecGroup{1, 2}, RecGroup{3, 1}));
}

TEST(DecodeSection, CountsImportsByKind) {
  const Decoded decoded =
      Decode(SectionId::kImport, {3, 1, 'a', 1, 'f', 0x00, 4,  // func (type 4)
                                  1, 'a', 1, 'm', 0x02, 0x00, 1,  // memory 1
                                  0, 1, 'f', 0x00, 5});  // func (type 5)
  EXPECT_EQ(decoded.error, "");
  ASSERT_THAT(decoded.module.imports, SizeIs(3));
  EXPECT_EQ(decoded.module.imports[1].name, "m");
  EXPECT_EQ(decoded.module.imports[2].module, "");
  EXPECT_EQ(decoded.module.num_imported_functions, 2u);
  EXPECT_EQ(decoded.module.num_imported_memories, 1u);
  EXPECT_EQ(decoded.module.functions[1].type, 5u);
}

TEST(DecodeSection, ReadsEveryFormOfElementSegment) {
  const ValueType func = ValueType::Ref(AbstractHeapType::kFunc, false);
  const struct {
    Bytes segment;
    SegmentMode mode;
    uint32_t table;
    ValueType type;
    size_t items;
  } kCases[] = {
      {{0, 0x41, 0, 0x0b, 2, 3, 4}, SegmentMode::kActive, 0, func, 2},
      {{1, 0, 1, 3}, SegmentMode::kPassive, 0, func, 1},
      {{2, 7, 0x41, 0, 0x0b, 0, 1, 3}, SegmentMode::kActive, 7, func, 1},
      {{3, 0, 0}, SegmentMode::kDeclarative, 0, func, 0},
      {{4, 0x41, 0, 0x0b, 1, 0xd2, 0, 0x0b},
       SegmentMode::kActive,
       0,
       ValueType::FuncRef(),
       1},
      {{5, 0x6f, 1, 0xd0, 0x6f, 0x0b},
       SegmentMode::kPassive,
       0,
       ValueType::ExternRef(),
       1},
      {{6, 7, 0x41, 0, 0x0b, 0x6f, 0},
       SegmentMode::kActive,
       7,
       ValueType::ExternRef(),
       0},
      {{7, 0x70, 1, 0xd2, 0, 0x0b},
       SegmentMode::kDeclarative,
       0,
       ValueType::FuncRef(),
       1},
  };
  for (const auto& c : kCases) {
    Bytes content = c.segment;
    content.insert(content.begin(), 1);
    const Decoded decoded = Decode(SectionId::kElement, content);
    ASSERT_EQ(decoded.error, "") << int{c.segment[0]};
    const ElementSegment& segment = decoded.module.elements.at(0);
    EXPECT_EQ(segment.mode, c.mode);
    EXPECT_EQ(segment.table, c.table);
    EXPECT_EQ(segment.type, c.type);
    EXPECT_EQ(segment.ItemCount(), c.items);
    EXPECT_EQ(segment.offset.IsEmpty(), c.mode != SegmentMode::kActive);
  }
}

TEST(DecodeSection, ReadsEveryFormOfDataSegment) {
  const Decoded decoded =
      Decode(SectionId::kData, {3, 0, 0x41, 0, 0x0b, 1, 'a',  //
                                1, 2, 'b', 'c',               //
                                2, 5, 0x41, 0, 0x0b, 0});
  EXPECT_EQ(decoded.error, "");
  const std::vector<DataSegment>& data = decoded.module.data;
  ASSERT_THAT(data, SizeIs(3));
  EXPECT_EQ(data[0].mode, SegmentMode::kActive);
  EXPECT_EQ(decoded.module.Text(data[0].bytes), "a");
  EXPECT_EQ(data[1].mode, SegmentMode::kPassive);
  EXPECT_EQ(decoded.module.Text(data[1].bytes), "bc");
  EXPECT_EQ(data[2].memory, 5u);
}

TEST(DecodeSection, KeepsTheRangesOfBodies) {
  const Decoded decoded =
      Decode(SectionId::kCode, {2, 2, 0x00, 0x0b, 3, 0x00, 0x01, 0x0b});
  EXPECT_EQ(decoded.error, "");
  EXPECT_THAT(decoded.bodies, ElementsAre(ByteRange{2, 2}, ByteRange{5, 3}));
}

TEST(DecodeSection, RefusesMalformedContent) {
  const struct {
    SectionId id;
    Bytes content;
    std::string error;
  } kCases[] = {
      {SectionId::kType, {1}, "unexpected end of section or function"},
      {SectionId::kType, {1, 0x4e, 5, 0}, "length out of bounds"},
      {SectionId::kImport, {1, 1, 0xff, 0}, "malformed UTF-8 encoding"},
      {SectionId::kImport, {1, 0, 0, 9, 0}, "malformed import kind"},
      {SectionId::kFunction, {0x80}, "unexpected end of section or function"},
      {SectionId::kTable, {1, 0x40, 1, 0x70, 0, 0}, "zero byte expected"},
      {SectionId::kGlobal,
       {1, 0x7f, 0, 0x41, 0},
       "unexpected end of section or function"},
      {SectionId::kGlobal, {1, 0x7f, 0, 0xff, 0x0b}, "illegal opcode ff"},
      {SectionId::kExport, {1, 0, 5, 0}, "malformed export kind"},
      {SectionId::kElement, {1, 8}, "malformed elements segment kind"},
      {SectionId::kElement, {1, 1, 1, 0}, "malformed element kind"},
      {SectionId::kData, {1, 3}, "malformed data segment kind"},
      {SectionId::kData, {1, 1, 9, 0}, "length out of bounds"},
      {SectionId::kCode, {1, 9, 0}, "length out of bounds"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Decode(c.id, c.content).error, c.error)
        << NameOf(c.id) << " " << testing::PrintToString(c.content);
  }
}

// A section of as many items as its size allows, one more than the limit.
TEST(DecodeSection, HasLimits) {
  const struct {
    SectionId id;
    uint32_t limit;
    std::string error;
  } kCases[] = {
      {SectionId::kType, kMaxTypes, "too many types"},
      {SectionId::kImport, kMaxImports, "too many imports"},
      {SectionId::kFunction, kMaxFunctions, "too many functions"},
      {SectionId::kTable, kMaxTables, "too many tables"},
      {SectionId::kMemory, kMaxMemories, "too many memories"},
      {SectionId::kGlobal, kMaxGlobals, "too many globals"},
      {SectionId::kExport, kMaxExports, "too many exports"},
      {SectionId::kTag, kMaxTags, "too many tags"},
      {SectionId::kElement, kMaxElementSegments, "too many element segments"},
      {SectionId::kData, kMaxDataSegments, "too many data segments"},
  };
  for (const auto& c : kCases) {
    ByteWriter content;
    content.U32(c.limit + 1);
    content.Bytes(Bytes(c.limit + 1));
    const Decoded decoded = Decode(c.id, content.bytes());
    EXPECT_EQ(decoded.error, c.error);
    EXPECT_TRUE(decoded.limit);
  }
}

TEST(DecodeSection, LimitsTypesInGroupsTogether) {
  ByteWriter content;
  content.U32(2);
  for (int i = 0; i < 2; ++i) {
    content.Byte(kRecGroup);
    content.U32(kMaxTypes - 1);
    for (uint32_t j = 0; j + 1 < kMaxTypes; ++j) {
      content.Byte(0x5f);
      content.Byte(0x00);
    }
  }
  EXPECT_EQ(Decode(SectionId::kType, content.bytes()).error, "too many types");
}

Module DecodeCustom(const Bytes& content) {
  Module module;
  module.bytes = std::make_shared<const Bytes>(content);
  ByteReader reader(*module.bytes);
  DecodeCustomSection(SectionId::kImport, reader, module);
  EXPECT_TRUE(reader.ok());
  return module;
}

TEST(DecodeCustomSection, KeepsContentAndPlace) {
  const Module module = DecodeCustom({2, 'a', 'b', 7, 8, 9});
  ASSERT_THAT(module.custom_sections, SizeIs(1));
  EXPECT_EQ(module.custom_sections[0].name, "ab");
  EXPECT_THAT(module.Bytes(module.custom_sections[0].payload),
              ElementsAre(7, 8, 9));
  EXPECT_EQ(module.custom_sections[0].after_section, 2);
}

TEST(DecodeCustomSection, ReadsNames) {
  const Module module = DecodeCustom({4, 'n', 'a', 'm', 'e',                  //
                                      0, 3,   2,   'm', 'o',                  //
                                      1, 7,   2,   0,   1,   'f', 3, 1, 'g',  //
                                      2, 2,   0,   0,                         //
                                      9, 1,   0xff});
  ASSERT_TRUE(module.names.module.has_value());
  EXPECT_EQ(module.Text(*module.names.module), "mo");
  EXPECT_EQ(module.FunctionName(0), "f");
  EXPECT_EQ(module.FunctionName(3), "g");
  EXPECT_EQ(module.names.locals.size, 2u);
}

TEST(DecodeCustomSection, IgnoresMalformedNames) {
  const Bytes kMalformed[] = {
      // The subsection is longer than the section.
      {4, 'n', 'a', 'm', 'e', 1, 9, 1, 0, 1, 'f'},
      // Twice the same index.
      {4, 'n', 'a', 'm', 'e', 1, 7, 2, 0, 1, 'f', 0, 1, 'g'},
      // Not UTF-8.
      {4, 'n', 'a', 'm', 'e', 1, 4, 1, 0, 1, 0xff},
      // Fewer names than promised.
      {4, 'n', 'a', 'm', 'e', 1, 4, 9, 0, 1, 'f'},
  };
  for (const Bytes& content : kMalformed) {
    const Module module = DecodeCustom(content);
    EXPECT_EQ(module.FunctionName(0), "") << testing::PrintToString(content);
    EXPECT_THAT(module.custom_sections, SizeIs(1));
  }
}

}  // namespace
}  // namespace wasijit::compiler
