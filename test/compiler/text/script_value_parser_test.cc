#include "compiler/text/script_value_parser.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;

TEST(ParseScriptArgument, ReadsConstants) {
  const struct {
    absl::string_view text;
    Value value;
  } kCases[] = {
      {"(i32.const -1)", Value::I32(-1)},
      {"(i32.const 0xffffffff)", Value::I32(-1)},
      {"(i64.const 1_000)", Value::I64(1000)},
      {"(f32.const 1.5)", Value::F32(1.5f)},
      {"(f64.const -0x1p-3)", Value::F64(-0.125)},
      {"(f32.const nan:0x200000)", Value::F32Bits(0x7fa00000)},
      {"(v128.const i32x4 1 2 3 4)",
       Value::Vector(V128::FromLanes<uint32_t>({1, 2, 3, 4}))},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    const ScriptArgument argument = ParseScriptArgument(fixture.cursor);
    EXPECT_EQ(fixture.error(), "") << test.text;
    EXPECT_TRUE(fixture.cursor.AtEnd()) << test.text;
    EXPECT_EQ(argument.kind, ScriptArgument::Kind::kValue) << test.text;
    EXPECT_EQ(ToString(argument.value), ToString(test.value)) << test.text;
  }
}

TEST(ParseScriptArgument, ReadsReferences) {
  ParserFixture null("(ref.null func)");
  EXPECT_TRUE(ParseScriptArgument(null.cursor).value.IsNull());
  ParserFixture external("(ref.extern 7)");
  const ScriptArgument argument = ParseScriptArgument(external.cursor);
  EXPECT_EQ(argument.kind, ScriptArgument::Kind::kExtern);
  EXPECT_EQ(argument.host, 7u);
  ParserFixture host("(ref.host 8)");
  EXPECT_EQ(ParseScriptArgument(host.cursor).kind, ScriptArgument::Kind::kHost);
}

TEST(ParseScriptArgument, RefusesPatterns) {
  for (absl::string_view text :
       {"(f32.const nan:canonical)", "(ref.func)", "(ref.extern)",
        "(i32.const)", "(i32.const 1 2)", "(i32.add)", "1"}) {
    ParserFixture fixture(text);
    ParseScriptArgument(fixture.cursor);
    EXPECT_THAT(fixture.error(), StartsWith("unexpected token")) << text;
  }
}

TEST(ParseResultPattern, ReadsWhatMayBeExpected) {
  using Kind = ResultPattern::Kind;
  const struct {
    absl::string_view text;
    Kind kind;
    absl::string_view printed;
  } kCases[] = {
      {"(i32.const 1)", Kind::kNumber, "i32.const 1"},
      {"(f32.const nan:canonical)", Kind::kNumber, "f32.const nan:canonical"},
      {"(f64.const nan:arithmetic)", Kind::kNumber, "f64.const nan:arithmetic"},
      {"(v128.const f32x4 1 nan:canonical 3 nan:arithmetic)", Kind::kVector,
       "v128.const (32-bit lanes) 1 nan:canonical 3 nan:arithmetic"},
      {"(ref.null)", Kind::kNull, ""},
      {"(ref.null extern)", Kind::kNull, ""},
      {"(ref.func)", Kind::kReference, ""},
      {"(ref.i31)", Kind::kReference, ""},
      {"(ref.extern)", Kind::kReference, ""},
      {"(ref.extern 3)", Kind::kExtern, ""},
      {"(ref.host 3)", Kind::kHost, ""},
      {"(either (i32.const 1) (i32.const 2))", Kind::kEither, ""},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    const ResultPattern pattern = ParseResultPattern(fixture.cursor);
    EXPECT_EQ(fixture.error(), "") << test.text;
    EXPECT_TRUE(fixture.cursor.AtEnd()) << test.text;
    EXPECT_EQ(pattern.kind, test.kind) << test.text;
    if (!test.printed.empty()) EXPECT_EQ(ToString(pattern), test.printed);
  }
}

TEST(ParseResultPattern, HasTheAlternatives) {
  ParserFixture fixture("(either (i32.const 1) (ref.extern 2))");
  const ResultPattern pattern = ParseResultPattern(fixture.cursor);
  ASSERT_EQ(pattern.alternatives.size(), 2u);
  EXPECT_EQ(pattern.alternatives[0].numbers[0].bits, 1u);
  EXPECT_EQ(pattern.alternatives[1].host, 2u);
}

TEST(ParseResultPattern, RefusesWhatIsNone) {
  for (absl::string_view text :
       {"(i32.const nan:canonical)", "(v128.const i32x4 1 2 3)",
        "(v128.const 1 2 3 4)", "(either (either))", "(ref.any 1)", "()"}) {
    ParserFixture fixture(text);
    ParseResultPattern(fixture.cursor);
    EXPECT_NE(fixture.error(), "") << text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
