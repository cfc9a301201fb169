#include "compiler/text/declarations.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;

TEST(ParseDeclarations, BindsEverythingBeforeItIsUsed) {
  ParserFixture fixture(
      "(type $t (func)) (rec (type $u (struct (field $f (ref $v)))) "
      "(type $v (struct)))"
      "(import \"m\" \"a\" (func $i)) (func $j (import \"m\" \"b\"))"
      "(func $k (export \"k\")) (table $t0 funcref (elem $k)) "
      "(elem $e func) (memory $m (data \"x\")) (data $d \"y\")"
      "(global $g i32 (i32.const 0)) (tag $x) (export \"e\" (func $k)) "
      "(start $k)");
  ParserContext& context = fixture.context;
  ParseDeclarations(context);
  EXPECT_EQ(fixture.error(), "");
  EXPECT_EQ(context.types.Find("t"), 0u);
  EXPECT_EQ(context.types.Find("v"), 2u);
  EXPECT_EQ(context.functions.Find("j"), 1u);
  EXPECT_EQ(context.functions.Find("k"), 2u);
  EXPECT_EQ(context.tables.Find("t0"), 0u);
  // The table's contents are a segment without a name.
  EXPECT_EQ(context.elements.Find("e"), 1u);
  EXPECT_EQ(context.data.Find("d"), 1u);
  EXPECT_EQ(context.memories.Find("m"), 0u);
  EXPECT_EQ(context.globals.Find("g"), 0u);
  EXPECT_EQ(context.tags.Find("x"), 0u);
  EXPECT_EQ(context.module.types.size(), 3u);
  EXPECT_EQ(context.module.rec_groups.size(), 2u);
  EXPECT_EQ(context.names.functions, (NameMap{{0, "i"}, {1, "j"}, {2, "k"}}));
  // Back at the first field.
  EXPECT_EQ(fixture.cursor.index(), 0u);
}

TEST(ParseDeclarations, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"func", "unexpected token func"},
      {"(nop)", "unexpected token (nop"},
      {"(fnc)", "unknown operator fnc"},
      {"()", "unexpected token )"},
      {")", "unexpected token )"},
      {"(func $f) (func $f)", "duplicate func $f"},
      {"(import \"\" \"\" (func $f)) (func $f)", "duplicate func $f"},
      {"(global $g i32) (global $g i32)", "duplicate global $g"},
      {"(memory $m 1) (memory $m 1)", "duplicate memory $m"},
      {"(table $t 1 funcref) (table $t 1 funcref)", "duplicate table $t"},
      {"(type $t (func)) (type $t (func))", "duplicate type $t"},
      {"(func) (import \"\" \"\" (func))", "import after function"},
      {"(global i32) (import \"\" \"\" (func))", "import after global"},
      {"(table 0 funcref) (func (import \"\" \"\"))", "import after table"},
      {"(memory 0) (import \"\" \"\" (memory 0))", "import after memory"},
      {"(tag) (import \"\" \"\" (func))", "import after tag"},
      {"(import \"\" \"\" (elem))", "unexpected token (elem"},
      {"(import \"\" (func))", "unexpected token (func"},
      {"(type $t (func (param $x $t)))", "unexpected token $t"},
      {"(type (func (param (ref $t))))", "unknown type $t"},
      {"(func (nop)", "unexpected token (end of text)"},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    ParseDeclarations(fixture.context);
    EXPECT_THAT(fixture.error(), StartsWith(test.error)) << test.text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
