#include "compiler/validation/body_validator.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/module_decoder.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

using compiler::InstructionInfo;
using compiler::Opcode;

using Bytes = std::vector<uint8_t>;

// A module of one function () -> () with this body, and a memory.
Bytes ModuleWithBody(const Bytes& body) {
  Bytes bytes = {0, 'a', 's', 'm',  1, 0, 0, 0,  //
                 1, 4,   1,   0x60, 0, 0,        //
                 3, 2,   1,   0,                 //
                 5, 3,   1,   0,    1};
  ByteWriter code;
  code.U32(1);
  code.SizedBytes(body);
  ByteWriter section;
  section.Byte(10);
  section.SizedBytes(code.bytes());
  bytes.insert(bytes.end(), section.bytes().begin(), section.bytes().end());
  return bytes;
}

absl::Status ValidateBody(const Bytes& body) {
  absl::StatusOr<Module> module = compiler::DecodeModule(ModuleWithBody(body));
  if (!module.ok()) return module.status();
  return compiler::ValidateModule(*module, compiler::FeatureSet::All());
}

TEST(BodyValidator, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(
      Validate("(func) (func $sum (drop (i32.add (i64.const 1) "
               "(i32.const 2))))"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               testing::MatchesRegex(
                   "type mismatch: instruction requires \\[i32 i32\\] but "
                   "stack has \\[i64 i32\\], in function 1 \"sum\" at offset "
                   "0x[0-9a-f]+ \\(i32.add\\)")));
}

TEST(BodyValidator, RefusesMalformedBodies) {
  const struct {
    Bytes body;
    std::string error;
  } kCases[] = {
      {{0x00, 0x0b}, ""},
      {{}, "unexpected end"},
      {{0x00}, "unexpected end"},
      {{0x00, 0x02, 0x40, 0x0b}, "unexpected end"},
      {{0x00, 0x0b, 0x0b}, "section size mismatch"},
      {{0x00, 0x05, 0x0b}, "END opcode expected"},
      {{0x00, 0x02, 0x40, 0x05, 0x0b, 0x0b}, "END opcode expected"},
      {{0x00, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b}, "type mismatch"},
      {{0x00, 0x07, 0x00, 0x0b}, "END opcode expected"},
      {{0x00, 0x19, 0x0b}, "END opcode expected"},
      {{0x00, 0x18, 0x00, 0x0b}, "END opcode expected"},
      {{0x00, 0xff, 0x0b}, "illegal opcode ff"},
      {{0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b}, "too many locals"},
      {{0x00, 0xfc, 0x09, 0x00, 0x0b}, "data count section required"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = ValidateBody(c.body);
    if (c.error.empty()) {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                   testing::StartsWith(c.error)))
          << testing::PrintToString(c.body);
    }
  }
}

// A text with a value of the type that a letter of the signatures stands for.
std::string Operand(char letter) {
  switch (letter) {
    case 'i':
    case 'a':
      return "(i32.const 0)";
    case 'l':
      return "(i64.const 0)";
    case 'f':
      return "(f32.const 0)";
    case 'd':
      return "(f64.const 0)";
    case 'v':
      return "(v128.const i64x2 0 0)";
    case 'e':
      return "(ref.null eq)";
    case 'g':
      return "(ref.null i31)";
    default:
      return "(ref.null array)";
  }
}

// The immediates of the kinds that rows with a signature have.
std::string Immediates(const InstructionInfo& info) {
  using enum compiler::ImmediateKind;
  switch (info.immediate) {
    case kMemArgLane:
    case kLane:
    case kData:
    case kElement:
    case kMemoryInit:
    case kI32:
    case kI64:
    case kF32:
    case kF64:
      return " 0";
    case kShuffle:
      return " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15";
    case kV128:
      return " i64x2 0 0";
    default:
      return "";
  }
}

std::string ModuleOf(const InstructionInfo& info,
                     absl::Span<const std::string> operands) {
  std::string text = "(memory 1) (data) (elem func) (func ";
  for (const std::string& operand : operands) {
    absl::StrAppend(&text, operand, " ");
  }
  absl::StrAppend(&text, "(", info.text, Immediates(info), ")");
  for (int i = 0; i < info.signature.result_count; ++i) {
    absl::StrAppend(&text, " (drop)");
  }
  return absl::StrCat(text, ")");
}

// For every row with a signature: right with its operands, wrong with one
// fewer, and wrong with another type in the place of any of them.
TEST(BodyValidator, ChecksEverySignatureOfTheTable) {
  int rows = 0;
  for (const InstructionInfo& info : compiler::kInstructions) {
    if (!info.signature.monomorphic) continue;
    ++rows;
    std::vector<std::string> operands;
    for (int i = 0; i < info.signature.operand_count; ++i) {
      operands.push_back(Operand(info.signature.operands[i]));
    }
    EXPECT_OK(Validate(ModuleOf(info, operands)));
    for (size_t i = 0; i < operands.size(); ++i) {
      std::vector<std::string> wrong = operands;
      wrong[i] = "(ref.null extern)";
      EXPECT_THAT(Validate(ModuleOf(info, wrong)),
                  StatusIs(absl::StatusCode::kInvalidArgument,
                           testing::StartsWith("type mismatch")))
          << info.text;
    }
    if (operands.empty()) continue;
    operands.erase(operands.begin());
    EXPECT_THAT(Validate(ModuleOf(info, operands)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::StartsWith("type mismatch")))
        << info.text;
  }
  EXPECT_GT(rows, 400);
}

// An instruction of a proposal is refused exactly without the proposal.
TEST(BodyValidator, RefusesInstructionsOfDisabledProposals) {
  for (const InstructionInfo& info : compiler::kInstructions) {
    if (!info.signature.monomorphic ||
        info.feature == compiler::Feature::kCore ||
        info.opcode == Opcode::kMemoryInit ||
        info.opcode == Opcode::kDataDrop || info.opcode == Opcode::kElemDrop) {
      continue;
    }
    const std::string text =
        absl::StrCat("(memory 1) (func (unreachable) (", info.text,
                     Immediates(info), ") (unreachable))");
    compiler::FeatureSet features = compiler::FeatureSet::All();
    EXPECT_OK(Validate(text, features));
    features.Remove(info.feature);
    EXPECT_THAT(Validate(text, features),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         testing::StartsWith(absl::StrCat(
                             "the ", compiler::Info(info.feature).name,
                             " proposal is disabled"))))
        << info.text;
  }
}

TEST(BodyValidator, ChecksLanes) {
  const ValidationCase kCases[] = {
      {"(func (param v128) (drop (i8x16.extract_lane_s 15 (local.get 0))))",
       ""},
      {"(func (param v128) (drop (i8x16.extract_lane_s 16 (local.get 0))))",
       "invalid lane index"},
      {"(func (param v128) (drop (f64x2.extract_lane 2 (local.get 0))))",
       "invalid lane index"},
      {"(func (param v128) (drop (i8x16.shuffle 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
       "31 (local.get 0) (local.get 0))))",
       ""},
      {"(func (param v128) (drop (i8x16.shuffle 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
       "32 (local.get 0) (local.get 0))))",
       "invalid lane index"},
  };
  ExpectValidation(kCases);
}

TEST(BodyValidator, ChecksConstantExpressions) {
  const ValidationCase kCases[] = {
      {"(global i32 (i32.mul (i32.const 2) (i32.const 3)))", ""},
      {"(global i64 (i64.sub (i64.const 2) (i64.const 3)))", ""},
      {"(global i32 (i64.const 2))", "type mismatch"},
      {"(global i32 (i32.const 2) (i32.const 3))", "type mismatch"},
      {"(global i32 (i32.clz (i32.const 2)))", "constant expression required"},
      {"(global f32 (f32.add (f32.const 2) (f32.const 2)))",
       "constant expression required"},
      {"(global i32 (block (result i32) (i32.const 1)))",
       "constant expression required"},
      {"(global $a i32 (i32.const 1)) (global i32 (global.get $a))", ""},
      {"(global $a i32 (global.get 1)) (global i32 (i32.const 1))",
       "unknown global 1"},
      {"(global $a (mut i32) (i32.const 1)) (global i32 (global.get $a))",
       "constant expression required"},
      {"(func $f) (global (ref func) (ref.func $f))", ""},
      {"(type $a (array i8)) (global (ref $a) (array.new_default $a "
       "(i32.const 9)))",
       ""},
      {"(global v128 (v128.const i64x2 0 0))", ""},
      {"(memory i64 1) (data (i32.const 0))", "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyValidator, KnowsExtendedConstantExpressionsAsAProposal) {
  compiler::FeatureSet features = compiler::FeatureSet::All();
  features.Remove(compiler::Feature::kExtendedConst);
  const ValidationCase kCases[] = {
      {"(global i32 (i32.const 2))", ""},
      {"(global i32 (i32.mul (i32.const 2) (i32.const 3)))",
       "constant expression required"},
  };
  ExpectValidation(kCases, features);
}

// Two bytes may push a thousand operands; memory stays within bounds.
TEST(BodyValidator, LimitsOperands) {
  std::string text = "(type $many (func (result";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, " i32");
  absl::StrAppend(&text, "))) (func $f (type $many) (unreachable)) (func ");
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "(call $f)");
  absl::StrAppend(&text, "(unreachable))");
  EXPECT_THAT(Validate(text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::StartsWith("too many operands")));
}

}  // namespace
}  // namespace wasijit::test
