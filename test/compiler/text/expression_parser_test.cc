#include "compiler/text/expression_parser.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

// A function body with two locals, $x and $y.
struct Body {
  explicit Body(absl::string_view text) : fixture(text) {
    ExpressionParser parser(fixture.context);
    parser.scope().locals.Add(2);
    parser.scope().locals.Bind("x", 0);
    parser.scope().locals.Bind("y", 1);
    fixture.context.tags.Add(1);
    parser.ParseFunctionBody(0);
    hints = parser.TakeBranchHints();
    labels = parser.TakeLabelNames();
  }

  std::vector<uint8_t> bytes() const { return fixture.context.bytes.bytes(); }

  ParserFixture fixture;
  std::vector<BranchHint> hints;
  NameMap labels;
};

TEST(ExpressionParser, FoldedAndPlainInstructionsAreTheSame) {
  const struct {
    const char* folded;
    const char* plain;
  } kCases[] = {
      {"", ""},
      {"(nop)", "nop"},
      {"(drop (i32.const 1))", "i32.const 1 drop"},
      {"(i32.add (local.get $x) (i32.mul (local.get $y) (i32.const 2)))",
       "local.get 0 local.get 1 i32.const 2 i32.mul i32.add"},
      {"(block)", "block end"},
      {"(block $l (result i32) (br $l (i32.const 1)) nop)",
       "block $l (result i32) i32.const 1 br $l nop end $l"},
      {"(loop $l nop (block (br $l)))", "loop nop block br 1 end end"},
      {"(if (local.get $x) (then))", "local.get 0 if end"},
      {"(if $l (local.get $x) (then (br $l)) (else nop))",
       "local.get 0 if $l br 0 else $l nop end"},
      {"(if (result i32) (block (result i32) (local.get 0)) (local.get 1) "
       "(then (i32.const 1)) (else (i32.const 2)))",
       "block (result i32) local.get 0 end local.get 1 if (result i32) "
       "i32.const 1 else i32.const 2 end"},
      {"(try (do nop) (catch 0 drop) (catch_all))",
       "try nop catch 0 drop catch_all end"},
      {"(try $l (do (try (do) (delegate $l))))", "try $l try delegate 0 end"},
      {"(try_table $l (catch 0 0) (br $l))",
       "try_table $l (catch 0 0) br 0 end"},
      {"(select (result i32) (local.get 0) (local.get 1) (local.get 0))",
       "local.get 0 local.get 1 local.get 0 select (result i32)"},
  };
  for (const auto& test : kCases) {
    const Body folded(test.folded);
    const Body plain(test.plain);
    EXPECT_EQ(folded.fixture.error(), "") << test.folded;
    EXPECT_EQ(plain.fixture.error(), "") << test.plain;
    EXPECT_EQ(folded.bytes(), plain.bytes()) << test.folded;
  }
}

TEST(ExpressionParser, WritesTheBinaryForm) {
  EXPECT_THAT(Body("(if (local.get $y) (then (br 0)) (else))").bytes(),
              ElementsAre(0x20, 1, 0x04, 0x40, 0x0c, 0, 0x05, 0x0b, 0x0b));
  EXPECT_THAT(Body("(try (do) (delegate 0))").bytes(),
              ElementsAre(0x06, 0x40, 0x18, 0, 0x0b));
}

// A condition does not see the label of its `if`, nor a catch clause that of
// its block.
TEST(ExpressionParser, ScopesLabels) {
  EXPECT_THAT(Body("(block $l (if $l (br_if $l (i32.const 0) (i32.const 0)) "
                   "(then (br $l))))")
                  .bytes(),
              ElementsAre(0x02, 0x40, 0x41, 0, 0x41, 0, 0x0d, 0, 0x04, 0x40,
                          0x0c, 0, 0x0b, 0x0b, 0x0b));
  EXPECT_THAT(Body("(block $l (try_table $l (catch_all $l)))").bytes(),
              ElementsAre(0x02, 0x40, 0x1f, 0x40, 1, 2, 0, 0x0b, 0x0b, 0x0b));
  EXPECT_THAT(Body("(block $a) (br $a)").fixture.error(),
              StartsWith("unknown label $a"));
}

TEST(ExpressionParser, NumbersLabelsInTheOrderOfTheBinary) {
  const Body body(
      "(if $second (block $first (result i32) (i32.const 1)) (then "
      "(block) (block $fourth)))");
  EXPECT_EQ(body.fixture.error(), "");
  EXPECT_EQ(body.labels, (NameMap{{0, "first"}, {1, "second"}, {3, "fourth"}}));
}

TEST(ExpressionParser, CollectsBranchHints) {
  const Body body(
      "(@metadata.code.branch_hint \"\\01\") (if (i32.const 0) (then)) "
      "i32.const 1 (@metadata.code.branch_hint \"\\00\") br_if 0");
  EXPECT_EQ(body.fixture.error(), "");
  EXPECT_THAT(body.hints, ElementsAre(BranchHint{2, 1}, BranchHint{7, 0}));
}

TEST(ExpressionParser, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"end", "unexpected token end"},
      {"else", "unexpected token else"},
      {"block", "unexpected token (end of text)"},
      {"block else end", "unexpected token else"},
      {"if else else end", "unexpected token else"},
      {"block end $l", "mismatching label $l"},
      {"block $a end $b", "mismatching label $b"},
      {"if $a else $b end", "mismatching label $b"},
      {"(block end)", "unexpected token end"},
      {"(nop", "unexpected token (end of text)"},
      {"(nop nop)", "unexpected token nop"},
      {"(drop (i32.const 0) nop)", "unexpected token nop"},
      {"(block block)", "unexpected token )"},
      {"(if (i32.const 0))", "unexpected token )"},
      {"(if (then) (i32.const 0))", "unexpected token (i32.const"},
      {"(if (then) (else) (else))", "unexpected token (else"},
      {"(if (i32.const 0) (else))", "unexpected token (else"},
      {"(then)", "unexpected token (then"},
      {"(else)", "unexpected token (else"},
      {"(catch_all)", "unexpected token (catch_all"},
      {"catch_all", "unexpected token catch_all"},
      {"(delegate 0)", "unexpected token (delegate"},
      {"(try)", "unexpected token )"},
      {"(try (do) (catch_all) (catch_all))", "unexpected token (catch_all"},
      {"(try (do) (catch_all) (catch 0))", "unexpected token (catch"},
      {"(try (do) (catch 0) (delegate 0))", "unexpected token (delegate"},
      {"(try (do) (delegate 0) (catch_all))", "unexpected token (catch_all"},
      {"(try (do) (delegate))", "unexpected token )"},
      {"try catch_all catch 0 end", "unexpected token catch"},
      {"i32.frob", "unknown operator i32.frob"},
      {"(i32.frob)", "unknown operator i32.frob"},
      {"(func)", "unexpected token (func"},
      {"()", "unexpected token )"},
      {"(((", "unexpected token ("},
      {"7", "unexpected token 7"},
      {"(@custom \"x\")", "misplaced @custom annotation"},
      {"(nop (@name \"x\"))", "misplaced @name annotation"},
      {"(@metadata.code.branch_hint \"\\01\") nop",
       "@metadata.code.branch_hint annotation: invalid target"},
      {"(@metadata.code.branch_hint \"\\01\")",
       "@metadata.code.branch_hint annotation: invalid target"},
      {"(@metadata.code.branch_hint \"\\02\") br_if 0",
       "@metadata.code.branch_hint annotation: must be"},
      {"(@metadata.code.branch_hint \"\\01\") "
       "(@metadata.code.branch_hint \"\\01\") br_if 0",
       "@metadata.code.branch_hint annotation: duplicate annotation"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Body(test.text).fixture.error(), StartsWith(test.error))
        << test.text;
  }
}

TEST(ExpressionParser, ReadsConstantExpressions) {
  ParserFixture fixture("(i32.const 1) (i32.add (i32.const 2) (i32.const 3))");
  ExpressionParser parser(fixture.context);
  const ConstExpr first = parser.ParseFoldedConstExpr();
  const ConstExpr rest = parser.ParseConstExpr();
  EXPECT_EQ(fixture.error(), "");
  EXPECT_EQ(first.bytes, (ByteRange{0, 3}));
  EXPECT_EQ(rest.bytes, (ByteRange{3, 6}));
  EXPECT_THAT(fixture.context.bytes.bytes(),
              ElementsAre(0x41, 1, 0x0b, 0x41, 2, 0x41, 3, 0x6a, 0x0b));
}

TEST(ExpressionParser, HintsBelongIntoFunctions) {
  ParserFixture fixture("(@metadata.code.branch_hint \"\\01\") nop");
  ExpressionParser(fixture.context).ParseConstExpr();
  EXPECT_THAT(
      fixture.error(),
      StartsWith("@metadata.code.branch_hint annotation: not in a function"));
}

}  // namespace
}  // namespace wasijit::compiler
