#include "compiler/text/immediate_parser.h"

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

// "keyword immediates" with every name bound to index 1, labels $a inside $b.
struct Parsed {
  explicit Parsed(absl::string_view text) : fixture(text) {
    ParserContext& context = fixture.context;
    for (IndexSpace* space :
         {&context.types, &context.functions, &context.tables,
          &context.memories, &context.globals, &context.tags, &context.elements,
          &context.data, &scope.locals}) {
      space->Add(2);
      space->Bind("n", 1);
    }
    context.type_table.IndexOf({});
    IndexSpace& fields = context.fields.try_emplace(1, "field").first->second;
    fields.Add(3);
    fields.Bind("n", 2);
    scope.labels.Push("b");
    scope.labels.Push("a");
    instruction.opcode = *OpcodeFromText(fixture.cursor.Text());
    fixture.cursor.Advance();
    ParseImmediate(context, scope, instruction);
  }

  ParserFixture fixture;
  ExpressionScope scope;
  Instruction instruction;
};

TEST(ParseImmediate, ResolvesEveryKindOfIndex) {
  const struct {
    const char* text;
    Opcode opcode;
    uint32_t index;
    uint32_t index2;
  } kCases[] = {
      {"br $b", Opcode::kBr, 1, 0},
      {"br 7", Opcode::kBr, 7, 0},
      {"call $n", Opcode::kCall, 1, 0},
      {"call_indirect $n (type $n)", Opcode::kCallIndirect, 1, 1},
      {"call_indirect", Opcode::kCallIndirect, 0, 0},
      {"struct.new $n", Opcode::kStructNew, 1, 0},
      {"local.get $n", Opcode::kLocalGet, 1, 0},
      {"global.set $n", Opcode::kGlobalSet, 1, 0},
      {"throw $n", Opcode::kThrow, 1, 0},
      {"table.get", Opcode::kTableGet, 0, 0},
      {"table.get $n", Opcode::kTableGet, 1, 0},
      {"table.copy", Opcode::kTableCopy, 0, 0},
      {"table.copy $n 0", Opcode::kTableCopy, 1, 0},
      {"table.init $n", Opcode::kTableInit, 1, 0},
      {"table.init $n 5", Opcode::kTableInit, 5, 1},
      {"elem.drop $n", Opcode::kElemDrop, 1, 0},
      {"memory.grow $n", Opcode::kMemoryGrow, 1, 0},
      {"memory.copy 0 $n", Opcode::kMemoryCopy, 0, 1},
      {"memory.init $n $n", Opcode::kMemoryInit, 1, 1},
      {"memory.init 5", Opcode::kMemoryInit, 5, 0},
      {"data.drop $n", Opcode::kDataDrop, 1, 0},
      {"struct.get $n $n", Opcode::kStructGet, 1, 2},
      {"struct.get 0 4", Opcode::kStructGet, 0, 4},
      {"array.new_fixed $n 3", Opcode::kArrayNewFixed, 1, 3},
      {"array.new_data $n $n", Opcode::kArrayNewData, 1, 1},
      {"array.new_elem $n $n", Opcode::kArrayNewElem, 1, 1},
      {"array.copy $n 0", Opcode::kArrayCopy, 1, 0},
  };
  for (const auto& test : kCases) {
    const Parsed parsed(test.text);
    EXPECT_EQ(parsed.fixture.error(), "") << test.text;
    EXPECT_TRUE(parsed.fixture.cursor.AtEnd()) << test.text;
    EXPECT_EQ(parsed.instruction.opcode, test.opcode) << test.text;
    EXPECT_EQ(parsed.instruction.index, test.index) << test.text;
    EXPECT_EQ(parsed.instruction.index2, test.index2) << test.text;
  }
}

TEST(ParseImmediate, ChoosesAmongOpcodesOfOneKeyword) {
  const struct {
    const char* text;
    Opcode opcode;
  } kCases[] = {
      {"select", Opcode::kSelect},
      {"select (result i32)", Opcode::kSelectTyped},
      {"select (result)", Opcode::kSelectTyped},
      {"ref.test (ref func)", Opcode::kRefTest},
      {"ref.test funcref", Opcode::kRefTestNull},
      {"ref.cast (ref 0)", Opcode::kRefCast},
      {"ref.cast (ref null 0)", Opcode::kRefCastNull},
      {"ref.cast_desc_eq (ref 0)", Opcode::kRefCastDescEq},
      {"ref.cast_desc_eq (ref null 0)", Opcode::kRefCastDescEqNull},
      {"ref.null func", Opcode::kRefNull},
  };
  for (const auto& test : kCases) {
    const Parsed parsed(test.text);
    EXPECT_EQ(parsed.fixture.error(), "") << test.text;
    EXPECT_EQ(parsed.instruction.opcode, test.opcode) << test.text;
  }
}

TEST(ParseImmediate, ReadsMemoryArguments) {
  const struct {
    const char* text;
    MemArg memarg;
    uint8_t lane;
  } kCases[] = {
      {"i32.load", {.offset = 0, .memory = 0, .align_log2 = 2}, 0},
      {"i64.load offset=8 align=1",
       {.offset = 8, .memory = 0, .align_log2 = 0},
       0},
      {"i32.load8_u $n offset=0xffff_ffff_ffff_ffff",
       {.offset = UINT64_MAX, .memory = 1, .align_log2 = 0},
       0},
      {"i32.load align=0x8000_0000_0000_0000",
       {.offset = 0, .memory = 0, .align_log2 = 63},
       0},
      {"v128.load8_lane 3", {.offset = 0, .memory = 0, .align_log2 = 0}, 3},
      {"v128.load16_lane 1 3", {.offset = 0, .memory = 1, .align_log2 = 1}, 3},
      {"v128.load32_lane 1 offset=4 3",
       {.offset = 4, .memory = 1, .align_log2 = 2},
       3},
      {"v128.store64_lane $n 1",
       {.offset = 0, .memory = 1, .align_log2 = 3},
       1},
      {"v128.load8_lane align=1 15",
       {.offset = 0, .memory = 0, .align_log2 = 0},
       15},
  };
  for (const auto& test : kCases) {
    const Parsed parsed(test.text);
    EXPECT_EQ(parsed.fixture.error(), "") << test.text;
    EXPECT_TRUE(parsed.fixture.cursor.AtEnd()) << test.text;
    EXPECT_EQ(parsed.instruction.memarg, test.memarg) << test.text;
    EXPECT_EQ(parsed.instruction.lane, test.lane) << test.text;
  }
}

TEST(ParseImmediate, ReadsConstants) {
  EXPECT_EQ(Parsed("i32.const -1").instruction.bits, 0xffffffffu);
  EXPECT_EQ(Parsed("i64.const -1").instruction.bits, UINT64_MAX);
  EXPECT_EQ(Parsed("f32.const 1").instruction.bits, 0x3f800000u);
  EXPECT_EQ(Parsed("f64.const -nan").instruction.bits, 0xfff8000000000000u);
  EXPECT_THAT(
      Parsed("v128.const i16x8 -1 0x0203 4 5 6 7 8 9").instruction.v128.bytes,
      ElementsAre(0xff, 0xff, 3, 2, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0));
  EXPECT_THAT(
      Parsed("v128.const f64x2 1 -0").instruction.v128.bytes,
      ElementsAre(0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80));
  EXPECT_THAT(
      Parsed("i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255")
          .instruction.v128.bytes,
      ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255));
}

TEST(ParseImmediate, ReadsListsOfLabelsAndClauses) {
  EXPECT_THAT(Parsed("br_table $b $a 5").instruction.labels,
              ElementsAre(1, 0, 5));
  const Parsed parsed(
      "try_table (result i32) (catch $n $a) (catch_ref 3 $b) (catch_all 0) "
      "(catch_all_ref 1)");
  using Kind = CatchClause::Kind;
  EXPECT_THAT(parsed.instruction.catches,
              ElementsAre(CatchClause{Kind::kCatch, 1, 0},
                          CatchClause{Kind::kCatchRef, 3, 1},
                          CatchClause{Kind::kCatchAll, 0, 0},
                          CatchClause{Kind::kCatchAllRef, 0, 1}));
  EXPECT_EQ(parsed.fixture.error(), "");
  const Parsed cast("br_on_cast $b anyref (ref $n)");
  EXPECT_EQ(cast.instruction.index, 1u);
  EXPECT_EQ(ToString(cast.instruction.type), "anyref");
  EXPECT_EQ(ToString(cast.instruction.type2), "(ref 1)");
}

TEST(ParseImmediate, SaysWhichInstructionsNeedADataCount) {
  for (const char* text : {"memory.init 0", "data.drop 0", "array.new_data 0 0",
                           "array.init_data 0 0"}) {
    EXPECT_TRUE(Parsed(text).fixture.context.uses_data_count) << text;
  }
  EXPECT_FALSE(Parsed("memory.copy").fixture.context.uses_data_count);
}

TEST(ParseImmediate, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"br", "unexpected token"},
      {"br $c", "unknown label $c"},
      {"br_table", "unexpected token"},
      {"call $f", "unknown function $f"},
      {"local.get $l", "unknown local $l"},
      {"struct.get $n $f", "unknown field $f"},
      {"table.copy 0", "unexpected token"},
      {"i32.load align=0", "alignment must be a power of two"},
      {"i32.load align=3", "alignment must be a power of two"},
      {"i32.load offset=18446744073709551616", "i64 constant out of range"},
      {"i32.const 4294967296", "constant out of range"},
      {"i32.const 1.0", "constant out of range"},
      {"i32.const", "unexpected token"},
      {"i32.const 0x", "unknown operator 0x"},
      {"f32.const 1e40", "constant out of range"},
      {"f32.const nan:canonical", "unexpected token nan:canonical"},
      {"i8x16.extract_lane_s 256", "i8 constant out of range"},
      {"i8x16.extract_lane_s -1", "unexpected token -1"},
      {"i8x16.shuffle 0", "invalid lane length"},
      {"i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1",
       "i8 constant out of range"},
      {"v128.const i8x16 1", "wrong number of lane literals"},
      {"v128.const i8x16 0x", "unknown operator 0x"},
      {"v128.const i64x2 1 2 3", "wrong number of lane literals"},
      {"v128.const i16x8 65536 0 0 0 0 0 0 0", "constant out of range"},
      {"v128.const i7x3 0", "unknown operator i7x3"},
      {"v128.const 0", "unexpected token 0"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Parsed(test.text).fixture.error(), StartsWith(test.error))
        << test.text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
