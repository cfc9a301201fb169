#include "compiler/syntax/instruction.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(Instructions, AreFoundByCode) {
  for (const InstructionInfo& info : kInstructions) {
    EXPECT_EQ(OpcodeFromCode(info.code), info.opcode) << info.text;
    EXPECT_EQ(&Info(info.opcode), &info);
    if (info.code <= 0xff) {
      EXPECT_EQ(OpcodeFromByte(static_cast<uint8_t>(info.code)), info.opcode);
    }
  }
}

TEST(Instructions, AreNotFoundByOtherCodes) {
  std::set<uint32_t> codes;
  for (const InstructionInfo& info : kInstructions) codes.insert(info.code);
  for (uint32_t prefix : {0x00u, 0xf0u, 0xfbu, 0xfcu, 0xfdu, 0xfeu, 0xffu}) {
    for (uint32_t number = 0; number <= 0xffff; ++number) {
      const uint32_t code = prefix << 16 | number;
      EXPECT_EQ(OpcodeFromCode(code).has_value(), codes.contains(code)) << code;
    }
  }
}

TEST(Instructions, AreFoundByText) {
  std::map<std::string, Opcode> first;
  for (const InstructionInfo& info : kInstructions) {
    first.emplace(info.text, info.opcode);
  }
  for (const auto& [text, opcode] : first) {
    EXPECT_EQ(OpcodeFromText(text), opcode) << text;
    EXPECT_EQ(OpcodeFromText(text + "x"), std::nullopt);
  }
  EXPECT_EQ(OpcodeFromText(""), std::nullopt);
  EXPECT_EQ(OpcodeFromText("zzz"), std::nullopt);
}

// Only where immediates tell them apart.
TEST(Instructions, ShareATextOnlyWhereExpected) {
  std::map<std::string, int> uses;
  for (const InstructionInfo& info : kInstructions) {
    ++uses[std::string(info.text)];
  }
  std::set<std::string> shared;
  for (const auto& [text, count] : uses) {
    if (count > 1) shared.insert(text);
  }
  EXPECT_EQ(shared, (std::set<std::string>{"ref.cast", "ref.cast_desc_eq",
                                           "ref.test", "select"}));
}

// Codes from the specification's index of instructions and the proposals.
TEST(Instructions, HaveTheSpecifiedCodes) {
  const struct {
    const char* text;
    uint32_t code;
  } kCases[] = {
      {"unreachable", 0x00},
      {"end", 0x0b},
      {"return_call_indirect", 0x13},
      {"try_table", 0x1f},
      {"i32.load", 0x28},
      {"i64.store32", 0x3e},
      {"f64.const", 0x44},
      {"i64.extend32_s", 0xc4},
      {"ref.null", 0xd0},
      {"br_on_non_null", 0xd6},
      {"array.init_elem", 0xfb0013},
      {"i31.get_u", 0xfb001e},
      {"br_on_cast_desc_eq_fail", 0xfb0026},
      {"i64.trunc_sat_f64_u", 0xfc0007},
      {"table.fill", 0xfc0011},
      {"i64.mul_wide_u", 0xfc0016},
      {"v128.load64_zero", 0xfd005d},
      {"i8x16.avgr_u", 0xfd007b},
      {"f64x2.nearest", 0xfd0094},
      {"i32x4.dot_i16x8_s", 0xfd00ba},
      {"i64x2.extmul_high_i32x4_u", 0xfd00df},
      {"f64x2.pmax", 0xfd00f7},
      {"f64x2.convert_low_i32x4_u", 0xfd00ff},
      {"i32x4.relaxed_dot_i8x16_i7x16_add_s", 0xfd0113},
      {"atomic.fence", 0xfe0003},
      {"i64.atomic.rmw32.cmpxchg_u", 0xfe004e},
  };
  for (const auto& c : kCases) {
    const std::optional<Opcode> opcode = OpcodeFromText(c.text);
    ASSERT_TRUE(opcode.has_value()) << c.text;
    EXPECT_EQ(Info(*opcode).code, c.code) << c.text;
  }
}

// One verb over one shape is one meaning, but for casts to nullable types.
TEST(Instructions, HaveAMeaningOfTheirOwn) {
  std::map<std::string, std::string> meanings;
  for (const InstructionInfo& info : kInstructions) {
    std::string signature(info.signature.operands.data(),
                          info.signature.operand_count);
    const std::string key =
        absl::StrCat(static_cast<int>(info.verb), "/",
                     static_cast<int>(info.shape), "/", signature);
    const auto [entry, is_new] = meanings.emplace(key, info.text);
    EXPECT_TRUE(is_new || entry->second == info.text)
        << info.text << " is the same as " << entry->second;
  }
}

// The shape is what the text begins with.
TEST(Instructions, HaveTheShapeOfTheirText) {
  const std::pair<const char*, Shape> kShapes[] = {
      {"i32.", Shape::kI32},     {"i64.", Shape::kI64},
      {"f32.", Shape::kF32},     {"f64.", Shape::kF64},
      {"i8x16.", Shape::kI8x16}, {"i16x8.", Shape::kI16x8},
      {"i32x4.", Shape::kI32x4}, {"i64x2.", Shape::kI64x2},
      {"f32x4.", Shape::kF32x4}, {"f64x2.", Shape::kF64x2},
  };
  for (const InstructionInfo& info : kInstructions) {
    for (const auto& [prefix, shape] : kShapes) {
      if (absl::StartsWith(info.text, prefix)) {
        EXPECT_EQ(info.shape, shape) << info.text;
      }
    }
  }
}

TEST(Instructions, AccessAsManyBytesAsTheirTextSays) {
  const struct {
    const char* text;
    int size_log2;
  } kCases[] = {
      {"i32.load", 2},
      {"i64.load", 3},
      {"f32.store", 2},
      {"f64.load", 3},
      {"i32.load8_s", 0},
      {"i64.load32_u", 2},
      {"i64.store16", 1},
      {"v128.load", 4},
      {"v128.store", 4},
      {"v128.load8x8_s", 3},
      {"v128.load8_splat", 0},
      {"v128.load16_splat", 1},
      {"v128.load64_zero", 3},
      {"v128.load32_zero", 2},
      {"v128.store64_lane", 3},
      {"v128.load16_lane", 1},
      {"memory.atomic.notify", 2},
      {"memory.atomic.wait64", 3},
      {"i64.atomic.rmw.xchg", 3},
      {"i64.atomic.rmw16.or_u", 1},
      {"i32.atomic.rmw8.cmpxchg_u", 0},
      {"i64.atomic.load32_u", 2},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Info(*OpcodeFromText(c.text)).access_size_log2, c.size_log2)
        << c.text;
  }
}

TEST(Instructions, AreAtomicIfTheirTextSaysSo) {
  for (const InstructionInfo& info : kInstructions) {
    EXPECT_EQ(IsAtomic(info.verb), absl::StrContains(info.text, "atomic."))
        << info.text;
  }
}

TEST(ParseSignature, SeparatesOperandsAndResults) {
  const Signature signature = ParseSignature("ail:i");
  EXPECT_TRUE(signature.monomorphic);
  EXPECT_EQ(signature.operand_count, 3);
  EXPECT_EQ(signature.operands[2], 'l');
  EXPECT_EQ(signature.result_count, 1);
  EXPECT_EQ(signature.results[0], 'i');
  EXPECT_FALSE(ParseSignature("*").monomorphic);
  EXPECT_EQ(ParseSignature(":").operand_count, 0);
}

TEST(SameInstruction, ComparesOnlyWhatTheOpcodeHas) {
  Instruction a;
  a.opcode = Opcode::kI32Const;
  a.bits = 5;
  Instruction b = a;
  b.index = 7;
  b.offset = 9;
  EXPECT_TRUE(SameInstruction(a, b));
  b.bits = 6;
  EXPECT_FALSE(SameInstruction(a, b));
  a.opcode = b.opcode = Opcode::kBrTable;
  EXPECT_TRUE(SameInstruction(a, b));
  b.labels = {1};
  EXPECT_FALSE(SameInstruction(a, b));
  b.opcode = Opcode::kNop;
  EXPECT_FALSE(SameInstruction(a, b));
}

TEST(LaneCount, IsThatOfTheShape) {
  EXPECT_EQ(LaneCount(Shape::kI8x16), 16u);
  EXPECT_EQ(LaneCount(Shape::kI16x8), 8u);
  EXPECT_EQ(LaneCount(Shape::kF32x4), 4u);
  EXPECT_EQ(LaneCount(Shape::kI64x2), 2u);
  EXPECT_EQ(LaneCount(Shape::kI32), 1u);
}

}  // namespace
}  // namespace wasijit::compiler
