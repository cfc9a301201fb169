#include "compiler/text/instruction_printer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/name_section.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;

// The instructions of the last function, printed with the names given.
std::vector<std::string> Print(const Module& module, const NameSection& names) {
  const Identifiers identifiers(names);
  const InstructionPrinter printer(module, identifiers);
  std::vector<std::string> printed;
  InstructionReader reader(module, module.functions.back().body);
  Instruction instruction;
  while (reader.Next(instruction))
    printed.push_back(printer.Print(instruction));
  return printed;
}

// The instruction need not be valid, only well-formed.
TEST(InstructionPrinter, PrintsWhatTheParserReads) {
  for (absl::string_view text : {
           "nop",
           "i32.const -2147483648",
           "i64.const -1",
           "f32.const nan:0x1",
           "f64.const 3",
           "v128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff",
           "i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31",
           "i8x16.extract_lane_s 15",
           "local.get 3",
           "global.set 1",
           "call 2",
           "call_indirect (type 0)",
           "call_indirect 1 (type 0)",
           "return_call_ref 0",
           "ref.func 0",
           "ref.null func",
           "ref.null 0",
           "ref.test (ref 0)",
           "ref.cast anyref",
           "br 0",
           "br_table 0 0 0",
           "br_on_cast 0 anyref (ref eq)",
           "select (result i32)",
           "select",
           "i32.load",
           "i32.load offset=4",
           "i64.store 1 offset=4294967295 align=1",
           "v128.load8_lane 1 offset=2 15",
           "i32.atomic.rmw8.add_u offset=1",
           "atomic.fence",
           "memory.copy",
           "memory.copy 1 0",
           "memory.init 1 2",
           "memory.grow 1",
           "data.drop 2",
           "table.init 1 2",
           "table.copy 1 0",
           "elem.drop 1",
           "struct.get 0 1",
           "array.new_fixed 0 3",
           "array.new_data 0 1",
           "array.copy 0 1",
           "throw 0",
           "i64.add128",
       }) {
    ASSERT_OK_AND_ASSIGN(
        const Module module,
        ParseModule(absl::StrCat(
            "(module (type (func)) (memory 1) (memory 1) (data \"\")"
            " (data \"\") (data \"\") (func ",
            text, "))")));
    EXPECT_THAT(Print(module, {}), ElementsAre(text, "end")) << text;
  }
}

TEST(InstructionPrinter, PrintsNames) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module (func $\"a b\") (global $g i32 (i32.const 0))"
                  " (memory $m 1) (memory $n 1)"
                  " (func call 0 global.get 0 i32.load 1 drop))"));
  NameSection names;
  for (const CustomSection& section : module.custom_sections) {
    ASSERT_OK_AND_ASSIGN(names, ReadNameSection(module.Bytes(section.payload)));
  }
  EXPECT_THAT(Print(module, names),
              ElementsAre("call $\"a b\"", "global.get $g", "i32.load $n",
                          "drop", "end"));
}

TEST(InstructionPrinter, PrintsBlocksWithTheirLabel) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module (type (func (param i32) (result i32 i64)))"
                  " (func block end loop (result i32) end if (type 0) end))"));
  const NameSection names;
  const Identifiers identifiers(names);
  const InstructionPrinter printer(module, identifiers);
  std::vector<std::string> printed;
  InstructionReader reader(module, module.functions.back().body);
  Instruction instruction;
  while (reader.Next(instruction)) {
    if (instruction.info().immediate != ImmediateKind::kBlock) continue;
    printed.push_back(printer.PrintBlock(instruction, "$l"));
  }
  EXPECT_THAT(printed,
              ElementsAre("block $l", "loop $l (result i32)",
                          "if $l (type 0) (param i32) (result i32 i64)"));
}

TEST(InstructionPrinter, TypesNeedNotExist) {
  const Module module;
  const NameSection names;
  const Identifiers identifiers(names);
  EXPECT_EQ(InstructionPrinter(module, identifiers).TypeUse(7), " (type 7)");
}

}  // namespace
}  // namespace wasijit::compiler
