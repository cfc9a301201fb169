#include "compiler/text/module_parser.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/text/module_printer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/small_stack.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAreArray;
using ::testing::StartsWith;
using ::wasijit::test::IsOk;
using ::wasijit::test::StatusIs;

std::string Repeat(absl::string_view text, int count) {
  std::string result;
  result.reserve(text.size() * static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) absl::StrAppend(&result, text);
  return result;
}

bool IsText(absl::string_view bytes) {
  return IsModuleText(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

TEST(IsModuleText, GoesByTheContents) {
  EXPECT_TRUE(IsText("(module)"));
  EXPECT_TRUE(IsText(" \n\t(func)"));
  EXPECT_TRUE(IsText(";; comment\n(module)"));
  EXPECT_TRUE(IsText("(; comment ;)"));
  EXPECT_FALSE(IsText(""));
  EXPECT_FALSE(IsText("  "));
  EXPECT_FALSE(IsText(absl::string_view("\0asm\1\0\0\0", 8)));
  EXPECT_FALSE(IsText("#!/bin/sh"));
}

TEST(ParseModule, GivesTheBinaryModule) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module (func (export \"f\") (result i32) i32.const 7))"));
  EXPECT_THAT(*module.bytes,
              ElementsAreArray({
                  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,  //
                  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f,        //
                  0x03, 0x02, 0x01, 0x00,                          //
                  0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00,        //
                  0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, 0x07, 0x0b,  //
              }));
  // Offsets are those of the bytes.
  EXPECT_EQ(module.functions[0].body, (ByteRange{30, 4}));
}

TEST(ParseModule, TakesEveryFormOfAModule) {
  for (const char* text :
       {"", "(module)", "(module $m)", ";; nothing", "(func)",
        "(module (func))", "(module binary \"\\00asm\" \"\\01\\00\\00\\00\")",
        "(module $m binary \"\\00asm\\01\\00\\00\\00\")",
        "(module quote \"(func)\" \"(memory 1)\")", "(module quote)",
        "(module (@name \"x\"))", "(@name \"x\") (func)"}) {
    EXPECT_THAT(ParseModule(text), IsOk()) << text;
  }
}

TEST(ParseModule, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"(module", "unexpected token (end of text)"},
      {"(module))", "unexpected token )"},
      {"(module) (module)", "unexpected token (module"},
      {"(module (module))", "unexpected token (module"},
      {"(module binary func)", "unexpected token func"},
      {"(module binary \"\\00asm\")", "unexpected end"},
      {"(module quote \"(func\")", "unexpected token (end of text)"},
      {"(module quote \"(module quote)\")", "unexpected token quote"},
      {"(module (func (call $f)))", "unknown function $f"},
      {"(module (func) (@name \"M\"))", "misplaced @name annotation"},
      {"(module (@name \"a\") (@name \"b\"))",
       "@name annotation: multiple module"},
      {"(@metadata.code.branch_hint \"\\01\")",
       "@metadata.code.branch_hint annotation: not in a function"},
      {"(type (@custom \"x\") $t (func))", "misplaced @custom annotation"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(
        ParseModule(test.text),
        StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(test.message)))
        << test.text;
  }
}

TEST(ParseModule, WritesADataCountOnlyIfItIsNeeded) {
  ASSERT_OK_AND_ASSIGN(const Module without,
                       ParseModule("(memory 1) (data \"a\") (func)"));
  EXPECT_EQ(without.data_count, std::nullopt);
  ASSERT_OK_AND_ASSIGN(
      const Module with,
      ParseModule("(memory 1) (data \"a\") (func data.drop 0)"));
  EXPECT_EQ(with.data_count, 1u);
}

TEST(ParseModule, NamesWhatHasIdentifiers) {
  constexpr absl::string_view kText =
      "(module $m (func $f (param $x i32) (local $y i32)) "
      "(func (@name \"g\")))";
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(kText));
  EXPECT_EQ(module.FunctionName(0), "f");
  EXPECT_EQ(module.FunctionName(1), "g");
  EXPECT_EQ(module.LocalNames(0).size(), 2u);
  ASSERT_OK_AND_ASSIGN(const Module bare,
                       ParseModule(kText, {.identifiers = false}));
  EXPECT_EQ(bare.FunctionName(0), "");
  EXPECT_EQ(bare.FunctionName(1), "g");
}

TEST(ParseModule, KeepsANameSectionThatIsGiven) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module $m (func $f) "
                  "(@custom \"name\" \"\\01\\04\\01\\00\\01g\"))"));
  EXPECT_EQ(module.FunctionName(0), "g");
  EXPECT_EQ(module.custom_sections.size(), 1u);
}

// The words of all instructions, in the order in which they are executed.
TEST(ParseModule, GivesThePlacesOfInstructions) {
  constexpr absl::string_view kText =
      "(module (import \"\" \"\" (func)) (global i32 (i32.const 1))"
      " (func (param i32) (local i64) local.get 0 if nop else nop end"
      " (if (i32.eqz (local.get 0)) (then (drop (i32.const 7))) (else))))";
  std::vector<InstructionPlace> places;
  ParseOptions options;
  options.places = &places;
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(kText, options));
  InstructionReader reader(module, module.functions[1].body);
  Instruction instruction;
  size_t i = 0;
  for (; reader.Next(instruction); ++i) {
    ASSERT_LT(i, places.size());
    EXPECT_EQ(places[i].function, 1u);
    EXPECT_EQ(module.functions[1].body.offset + places[i].offset,
              instruction.offset);
    const absl::string_view rest = kText.substr(places[i].source);
    EXPECT_TRUE(absl::StartsWith(rest, instruction.text()) ||
                (instruction.opcode == Opcode::kEnd && rest[0] == ')'))
        << instruction.text() << " and " << rest;
  }
  EXPECT_EQ(i, places.size());
}

TEST(WithPlaceInText, AddsTheLineOfAnInstruction) {
  constexpr absl::string_view kText = "(func\n  (drop (i32.const 1)))";
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(kText));
  const uint32_t body = module.functions[0].body.offset;
  const absl::Status error = absl::InvalidArgumentError("wrong");
  EXPECT_EQ(WithPlaceInText(error, body + 3, kText, module).message(),
            "wrong, at 2:4\n    (drop (i32.const 1)))\n     ^");
  EXPECT_EQ(WithPlaceInText(error, body + 2, kText, module), error);
  EXPECT_EQ(WithPlaceInText(error, 0, kText, module), error);
}

// What nests in the text must not nest on the stack.
TEST(ParseModule, TakesAMillionNestedThingsOnASmallStack) {
  constexpr int kDepth = 1'000'000;
  const struct {
    std::string text;
    bool ok;
  } kCases[] = {
      {absl::StrCat("(func ", Repeat("(block ", kDepth), Repeat(")", kDepth),
                    ")"),
       true},
      {absl::StrCat("(func ", Repeat("block $l ", kDepth),
                    Repeat("br $l end ", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(drop ", kDepth), Repeat(")", kDepth),
                    ")"),
       true},
      {absl::StrCat("(func ", Repeat("(if (then ", kDepth),
                    Repeat("))", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(try (do ", kDepth), Repeat("))", kDepth),
                    ")"),
       true},
      {absl::StrCat("(global i32 ", Repeat("(i32.add ", kDepth),
                    Repeat(")", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(loop ", kDepth), Repeat(")", kDepth),
                    ")"),
       true},
      {absl::StrCat("(func ", Repeat("(try_table ", kDepth),
                    Repeat(")", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(if (then) (else ", kDepth),
                    Repeat("))", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("if else ", kDepth),
                    Repeat("end ", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("try catch_all ", kDepth),
                    Repeat("end ", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(try (do) (catch_all ", kDepth),
                    Repeat("))", kDepth), ")"),
       true},
      {absl::StrCat("(table 1 i31ref ", Repeat("(ref.i31 ", kDepth),
                    Repeat(")", kDepth), ")"),
       true},
      {absl::StrCat("(elem funcref (item ", Repeat("(drop ", kDepth),
                    Repeat(")", kDepth), "))"),
       true},
      {absl::StrCat("(memory 1) (data (offset ", Repeat("(i32.add ", kDepth),
                    Repeat(")", kDepth), "))"),
       true},
      {absl::StrCat("(@x ", Repeat("(@y ", kDepth), Repeat(")", kDepth), ")"),
       true},
      {absl::StrCat(Repeat("(;", kDepth), Repeat(";)", kDepth), "(func)"),
       true},
      {absl::StrCat("(@x ", Repeat("(", kDepth), Repeat(")", kDepth), ")"),
       true},
      {absl::StrCat("(func ", Repeat("(block ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(block (drop ", kDepth)), false},
      {Repeat("(", kDepth), false},
      {Repeat("(;", kDepth), false},
      {Repeat("(@x ", kDepth), false},
      {Repeat("(module ", kDepth), false},
      {absl::StrCat("(type (func (param ", Repeat("(ref ", kDepth)), false},
      {Repeat("(rec (type ", kDepth), false},
      {Repeat("(module quote \"", kDepth), false},
      {Repeat("(rec ", kDepth), false},
      {absl::StrCat("(type ", Repeat("(sub ", kDepth)), false},
      {absl::StrCat("(type (struct ", Repeat("(field ", kDepth)), false},
      {absl::StrCat("(type (array ", Repeat("(mut ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(param ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(block (type ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(export ", kDepth)), false},
      {absl::StrCat("(elem funcref ", Repeat("(item ", kDepth)), false},
      {absl::StrCat("(elem ", Repeat("(offset ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(if (then (block ", kDepth)), false},
      {absl::StrCat("(func ", Repeat("(try (do (catch ", kDepth)), false},
      {Repeat("(import \"\" \"\" ", kDepth), false},
      {Repeat("(@custom ", kDepth), false},
      {Repeat("(@custom \"\" (after ", kDepth), false},
      {Repeat("(func (@name ", kDepth), false},
      {Repeat("(func (@metadata.code.branch_hint ", kDepth), false},
  };
  for (const auto& c : kCases) {
    test::RunOnSmallStack([&] {
      const absl::StatusOr<Module> module = ParseModule(c.text);
      // The body may be beyond a limit of the decoder, but never malformed.
      const bool ok = module.ok() || absl::IsResourceExhausted(module.status());
      EXPECT_EQ(ok, c.ok) << c.text.substr(0, 40);
      if (!module.ok()) return;
      const absl::Status printed = PrintModule(*module).status();
      // Indented, it may be longer than texts may be.
      EXPECT_TRUE(printed.ok() || absl::IsResourceExhausted(printed));
    });
  }
}

TEST(ParseModule, AllocatesNothingForHugeCounts) {
  for (const char* text :
       {"(table 0xffffffff funcref)", "(memory 0xffffffff)",
        "(memory i64 0xffffffffffffffff)",
        "(func (drop (array.new_fixed 0 4294967295)))",
        "(func (br 4294967295))", "(type (func (param (ref 4294967295))))"}) {
    EXPECT_THAT(ParseModule(text), IsOk()) << text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
