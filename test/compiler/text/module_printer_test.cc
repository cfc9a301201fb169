#include "compiler/text/module_printer.h"

#include <cstdint>
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
using ::testing::Not;
using ::wasijit::test::StatusIs;

TEST(PrintModule, PrintsEveryKindOfField) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule(
          "(module $m (type (func (param i32))) (type (func))"
          " (import \"a\" \"f\" (func $f (param i32)))"
          " (table $t 1 2 funcref) (memory 1) (tag (param i32))"
          " (global $g (mut i32) (i32.const 3)) (export \"f\" (func $f))"
          " (start $s) (elem (i32.const 0) func $f) (func $s nop)"
          " (data (i32.const 8) \"a\\00\\ff\"))"));
  ASSERT_OK_AND_ASSIGN(const std::string text, PrintModule(module));
  for (absl::string_view line :
       {"(module $m\n", "(type (;0;) (func (param i32)))",
        "(import \"a\" \"f\" ", "1 2 funcref", "(memory (;0;) 1)",
        "(tag (;0;) (type 0) (param i32))", "(mut i32) (i32.const 3)",
        "(export \"f\" (func $f))", "(start $s)", "nop", "\"a\\00\\ff\""}) {
    EXPECT_THAT(text, HasSubstr(std::string(line)));
  }
}

TEST(PrintModule, ParsesToTheSameModule) {
  for (absl::string_view source : {
           "(module)",
           "(module $\"a name\")",
           "(rec (type $a (struct (field $x (mut i8)) (field (ref null $b))))"
           " (type $b (sub $a (struct (field $x (mut i8))"
           " (field (ref null $b)) (field i64)))))",
           "(type (array (mut i16))) (type (sub final (func)))",
           "(import \"m\" \"t\" (tag (param i64)))"
           "(import \"m\" \"g\" (global (mut externref)))"
           "(import \"m\" \"t\" (table i64 1 2 (ref null func)))"
           "(import \"m\" \"m\" (memory 1 2 shared))",
           "(memory i64 0 0x1_0000_0000_0000) (memory 1 (pagesize 1))",
           "(table 3 (ref func) (ref.func 0)) (func)",
           "(func $f) (elem declare func $f) (elem funcref (ref.func $f))"
           "(table 1 funcref) (elem (table 0) (i32.const 0) func $f $f)",
           "(memory 1) (data $d \"\\00\\22\\7f\\ff\") (data (i32.const 1) \"\")"
           "(func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))",
           "(global i32 (i32.add (i32.const 1) (i32.mul (i32.const 2)"
           " (i32.const 3))))",
           "(func (param $x i32) (param i64) (local $y f32)"
           " (block $l (br $l)) (drop (local.get $x)))",
           "(tag $e (param i32)) (func (block $h (result i32)"
           " (try_table (catch $e $h) (throw $e (i32.const 1)))"
           " (i32.const 0)) drop)",
           "(func (param i32) (@metadata.code.branch_hint \"\\01\")"
           " (if (local.get 0) (then)))",
           "(@custom \"c\" (after import) \"x\\00\") (func)",
       }) {
    ASSERT_OK_AND_ASSIGN(const Module module, ParseModule(source));
    ASSERT_OK_AND_ASSIGN(const std::string text, PrintModule(module));
    ASSERT_OK_AND_ASSIGN(const Module again, ParseModule(text));
    EXPECT_EQ(*again.bytes, *module.bytes) << source << "\n" << text;
    ASSERT_OK_AND_ASSIGN(const std::string text_again, PrintModule(again));
    EXPECT_EQ(text_again, text);
  }
}

TEST(PrintModule, LosesNamesOnRequest) {
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ParseModule("(module $m (func $f (param $x i32) (call $f"
                                   " (local.get $x))))"));
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       PrintModule(module, {.identifiers = false}));
  EXPECT_THAT(text, Not(HasSubstr("$")));
  EXPECT_THAT(text, HasSubstr("call 0"));
}

TEST(PrintModule, RefusesMalformedBodies) {
  const std::vector<uint8_t> kBodies[] = {
      {2, 0, 0xff},              // No such instruction.
      {2, 0, 0x02},              // A block without its type.
      {4, 0, 0x0b, 0x01, 0x0b},  // Instructions behind the end.
      {2, 0, 0x01},              // No end.
  };
  for (const std::vector<uint8_t>& body : kBodies) {
    std::vector<uint8_t> bytes = {
        0, 'a',  's', 'm', 1,
        0, 0,    0,   1,   4,
        1, 0x60, 0,   0,   3,
        2, 1,    0,   10,  static_cast<uint8_t>(body.size() + 1),
        1};
    bytes.insert(bytes.end(), body.begin(), body.end());
    ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(bytes));
    EXPECT_THAT(PrintModule(module),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_));
  }
}

}  // namespace
}  // namespace wasijit::compiler
