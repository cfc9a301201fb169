#include "compiler/text/module_listing.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/text/module_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

constexpr absl::string_view kSource = R"((module
  (import "env" "log\n" (func $log (param i32)))
  (table 1 funcref) (memory 1 2) (global i32 (i32.const 0))
  (tag (param i32))
  (func $main (param $x i32) (local i64 i64)
    (block (br_if 0 (local.get $x)) (call $log (i32.const 1000))))
  (func $start)
  (export "main" (func $main)) (start $start)
  (elem (i32.const 0) func $main)
  (data "abc")
  (@custom "note" "xyz")))";

TEST(ModuleListing, ListsSections) {
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(kSource));
  const std::string text = ListSections(module);
  for (absl::string_view name :
       {"type ", "import ", "function ", "table ", "memory ", "tag ", "global ",
        "export ", "start      function 2", "element", "code ", "data ",
        "\"note\"", "\"name\""}) {
    EXPECT_THAT(text, HasSubstr(std::string(name)));
  }
}

// Sections and entries lie where the listing says.
TEST(ModuleListing, OffsetsAreThoseOfTheFile) {
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ParseModule("(module (func (nop)) (data \"abc\"))"));
  EXPECT_EQ(ListSections(module),
            "  id    offset      size  entries\n"
            "   1  0x00000a         4  type       1\n"
            "   3  0x000010         2  function   1\n"
            "  10  0x000014         5  code       1\n"
            "  11  0x00001b         6  data       1\n");
}

TEST(ModuleListing, ListsContents) {
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(kSource));
  const std::string text = ListContents(module);
  for (absl::string_view part : {
           "Types (",
           "Imports (1):\n  [0] \"env\" \"log\\0a\" func (type 0) (param i32)",
           "Functions (2):\n  [1] $main ",
           "Tables (1):",
           "Memories (1):",
           "Tags (1):",
           "Globals (1):",
           "Exports (1):\n  [0] \"main\" func 1",
           "Start: function $start",
           "Element segments (1):\n  [0] active in table 0, 1 of ",
           "Data segments (1):\n  [0] passive, 3 bytes at 0x",
           "Custom sections (2):\n  \"note\" 3 bytes at 0x",
       }) {
    EXPECT_THAT(text, HasSubstr(std::string(part)));
  }
}

TEST(ModuleListing, DisassemblesWithOffsetsAndBytes) {
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ParseModule("(module (func (param i32) (local i64 i64)"
                                   " (block (br_if 0 (local.get 0)))"
                                   " (drop (i32.const 1000))))"));
  ASSERT_OK_AND_ASSIGN(const std::string text, Disassemble(module));
  EXPECT_EQ(text,
            "000017 func[0] (type 0) (param i32):\n"
            "                                        | (local i64) ;; 2 times\n"
            "  00001a: 02 40                         | block\n"
            "  00001c: 20 00                         |   local.get 0\n"
            "  00001e: 0d 00                         |   br_if 0\n"
            "  000020: 0b                            | end\n"
            "  000021: 41 e8 07                      | i32.const 1000\n"
            "  000024: 1a                            | drop\n"
            "  000025: 0b                            | end\n");
}

TEST(ModuleListing, NamesAMalformedInstruction) {
  const std::vector<uint8_t> kBytes = {0,  'a', 's', 'm',  1, 0,    0,   0,  //
                                       1,  4,   1,   0x60, 0, 0,             //
                                       3,  2,   1,   0,                      //
                                       10, 5,   1,   3,    0, 0xff, 0x0b};
  ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(kBytes));
  EXPECT_THAT(Disassemble(module), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("illegal opcode")));
}

}  // namespace
}  // namespace wasijit::compiler
