#include "compiler/binary/instruction_codec.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

// An instruction with all fields set to something of the given size.
Instruction WithImmediates(Opcode opcode, uint32_t number) {
  const ValueType reference =
      ValueType::Ref(HeapType::Concrete(number & 0xffff), number % 2 != 0);
  Instruction in;
  in.opcode = opcode;
  in.lane = static_cast<uint8_t>(number);
  in.index = number;
  in.index2 = number / 3;
  in.memarg = {.offset = uint64_t{number} << 20,
               .memory = number % 5,
               .align_log2 = static_cast<uint8_t>(number % 64)};
  in.block = number % 3 == 0   ? BlockType::Empty()
             : number % 3 == 1 ? BlockType::Value(reference)
                               : BlockType::Type(number);
  in.type = reference;
  in.type2 = ValueType::Ref(AbstractHeapType::kI31, number % 4 > 1);
  in.bits = number;
  in.v128 = V128::FromLanes<uint32_t>({number, 1, 2, ~number});
  in.labels = {number, 0, 7};
  in.types = {ValueType::F64(), reference};
  in.catches = {{CatchClause::Kind::kCatch, number, 1},
                {CatchClause::Kind::kCatchRef, 2, number},
                {CatchClause::Kind::kCatchAll, 0, 3},
                {CatchClause::Kind::kCatchAllRef, 0, 4}};
  if (Info(opcode).immediate == ImmediateKind::kI64) {
    in.bits = ~uint64_t{number};
  }
  if (Info(opcode).immediate == ImmediateKind::kHeapType) {
    // The opcode says whether the type is nullable.
    const bool nullable =
        opcode == Opcode::kRefNull || opcode == Opcode::kRefTestNull ||
        opcode == Opcode::kRefCastNull || opcode == Opcode::kRefCastDescEqNull;
    in.type = reference.WithNullable(nullable);
  }
  return in;
}

constexpr uint32_t kNumbers[] = {0,   1,   2,     63,         64,
                                 127, 128, 65535, 0x80000000, UINT32_MAX};

TEST(InstructionCodec, ReadsBackEveryInstruction) {
  for (const InstructionInfo& info : kInstructions) {
    for (uint32_t number : kNumbers) {
      const Instruction written = WithImmediates(info.opcode, number);
      ByteWriter writer;
      WriteInstruction(written, writer);
      // What is left of another instruction does not matter.
      Instruction read = WithImmediates(Opcode::kBrTable, 99);
      ByteReader reader(writer.bytes(), /*base=*/1000);
      ReadInstruction(reader, read);
      ASSERT_TRUE(reader.ok()) << info.text << ": " << reader.error();
      EXPECT_TRUE(reader.AtEnd()) << info.text;
      EXPECT_TRUE(SameInstruction(read, written)) << info.text << " " << number;
      EXPECT_EQ(read.offset, 1000u);
    }
  }
}

TEST(InstructionCodec, RefusesEveryTruncatedInstruction) {
  for (const InstructionInfo& info : kInstructions) {
    ByteWriter writer;
    WriteInstruction(WithImmediates(info.opcode, 128), writer);
    for (size_t size = 0; size < writer.size(); ++size) {
      ByteReader reader(absl::MakeConstSpan(writer.bytes()).first(size));
      Instruction read;
      ReadInstruction(reader, read);
      EXPECT_FALSE(reader.ok()) << info.text << " in " << size << " bytes";
    }
  }
}

TEST(InstructionCodec, RefusesMalformedInstructions) {
  const struct {
    Bytes bytes;
    std::string error;
  } kCases[] = {
      {{0xff}, "illegal opcode ff"},
      {{0x16}, "illegal opcode 16"},
      {{0xc5}, "illegal opcode c5"},
      {{0xfb, 0x1f}, "illegal opcode fb 1f"},
      {{0xfd, 0x9a, 0x01}, "illegal opcode fd 9a"},
      {{0xfd, 0x94, 0x02}, "illegal opcode fd 114"},
      {{0xfc, 0x80, 0x80, 0x04}, "illegal opcode fc"},
      {{0xfd, 0xff, 0xff, 0xff, 0xff, 0x1f}, "integer too large"},
      // A long form of a small number is allowed, a longer one is not.
      {{0xfc, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
       "integer representation too long"},
      {{0x28, 0x80, 0x01, 0x00}, "malformed memop flags"},
      {{0x1f, 0x40, 0x01, 0x04, 0x00}, "malformed catch clause"},
      {{0xfe, 0x03, 0x01}, "zero byte expected"},
      {{0xfb, 0x18, 0x04, 0x00, 0x70, 0x70}, "malformed br_on_cast flags"},
      {{0xd0, 0x7f}, "malformed heap type"},
      {{0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f}, "length out of bounds"},
      {{0x1c, 0x01, 0x00}, "malformed reference type"},
  };
  for (const auto& c : kCases) {
    ByteReader reader(c.bytes);
    Instruction read;
    ReadInstruction(reader, read);
    ASSERT_FALSE(reader.ok()) << testing::PrintToString(c.bytes);
    EXPECT_EQ(reader.error(), c.error) << testing::PrintToString(c.bytes);
  }
}

TEST(InstructionCodec, ReadsLongFormsOfNumbers) {
  const Bytes bytes = {0xfc, 0x8b, 0x80, 0x00, 0x80, 0x00};
  ByteReader reader(bytes);
  Instruction read;
  ReadInstruction(reader, read);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(read.opcode, Opcode::kMemoryFill);
  EXPECT_EQ(read.index, 0u);
}

TEST(InstructionCodec, LimitsTheLabelsOfATable) {
  ByteWriter writer;
  writer.Byte(0x0e);
  writer.U32(kMaxBrTableLabels + 1);
  writer.Bytes(Bytes(kMaxBrTableLabels + 2));
  ByteReader reader(writer.bytes());
  Instruction read;
  ReadInstruction(reader, read);
  EXPECT_THAT(reader.status(), StatusIs(absl::StatusCode::kResourceExhausted,
                                        HasSubstr("too many labels")));
}

TEST(ReadLocals, ReadsGroupsWithoutExpandingThem) {
  const std::vector<LocalGroup> groups = {{kMaxLocals - 1, ValueType::I32()},
                                          {0, ValueType::F64()},
                                          {1, ValueType::FuncRef()}};
  ByteWriter writer;
  WriteLocals(groups, writer);
  ByteReader reader(writer.bytes());
  std::vector<LocalGroup> read = {{1, ValueType::I64()}};
  ReadLocals(reader, read);
  EXPECT_TRUE(reader.ok() && reader.AtEnd());
  EXPECT_EQ(read, groups);
}

TEST(ReadLocals, RefusesTooMany) {
  for (const std::vector<LocalGroup>& groups :
       {std::vector<LocalGroup>{{kMaxLocals + 1, ValueType::I32()}},
        std::vector<LocalGroup>{{UINT32_MAX, ValueType::I32()},
                                {UINT32_MAX, ValueType::I32()}}}) {
    ByteWriter writer;
    WriteLocals(groups, writer);
    ByteReader reader(writer.bytes());
    std::vector<LocalGroup> read;
    ReadLocals(reader, read);
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error(), "too many locals");
  }
}

// Two locals of type i32; local.get 1; end.
TEST(InstructionReader, GoesThroughABody) {
  Module module;
  module.bytes = std::make_shared<const Bytes>(
      Bytes{0xaa, 0x01, 0x02, 0x7f, 0x20, 0x01, 0x0b, 0xaa});
  InstructionReader reader(module, ByteRange{1, 6});
  EXPECT_THAT(reader.locals(), ElementsAre(LocalGroup{2, ValueType::I32()}));
  Instruction in;
  std::vector<std::pair<uint32_t, std::string>> seen;
  while (reader.Next(in)) seen.emplace_back(in.offset, in.text());
  EXPECT_TRUE(reader.ok());
  EXPECT_THAT(seen,
              ElementsAre(std::pair(4u, "local.get"), std::pair(6u, "end")));
  EXPECT_EQ(reader.offset(), 7u);
}

TEST(InstructionReader, StopsAtAnError) {
  Module module;
  module.bytes = std::make_shared<const Bytes>(Bytes{0x00, 0x01, 0xff, 0x0b});
  InstructionReader reader(module, ByteRange{0, 4});
  Instruction in;
  EXPECT_TRUE(reader.Next(in));
  EXPECT_FALSE(reader.Next(in));
  EXPECT_FALSE(reader.Next(in));
  EXPECT_THAT(reader.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "illegal opcode ff at offset 0x2"));
}

TEST(InstructionReader, GivesNothingIfTheLocalsAreMalformed) {
  Module module;
  module.bytes = std::make_shared<const Bytes>(Bytes{0x01, 0x01, 0x00, 0x0b});
  InstructionReader reader(module, ByteRange{0, 4});
  Instruction in;
  EXPECT_FALSE(reader.Next(in));
  EXPECT_FALSE(reader.ok());
}

TEST(SkipExpression, MatchesBlocks) {
  // block (loop end) if else end end; try delegate 0; end; a byte behind.
  const Bytes bytes = {0x02, 0x40, 0x03, 0x40, 0x0b, 0x41, 0x00, 0x04, 0x40,
                       0x05, 0x0b, 0x0b, 0x06, 0x40, 0x18, 0x00, 0x0b, 0xaa};
  ByteReader reader(bytes);
  SkipExpression(reader);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.Byte(), 0xaa);
  ByteReader unended(absl::MakeConstSpan(bytes).first(bytes.size() - 2));
  SkipExpression(unended);
  EXPECT_EQ(unended.error(), "unexpected end of section or function");
}

}  // namespace
}  // namespace wasijit::compiler
