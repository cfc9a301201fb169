#include "compiler/text/lexer.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;
using ::wasijit::test::StatusIs;

// "( func ) end": every token's text, keyed by its kind.
std::string Words(absl::string_view source) {
  absl::StatusOr<TokenSequence> sequence = Lex(source);
  if (!sequence.ok()) return std::string(sequence.status().message());
  constexpr const char* kKinds[] = {"end",   "left",   "right",   "annotation",
                                    "word",  "id",     "nat",     "int",
                                    "float", "string", "reserved"};
  std::vector<std::string> words;
  for (const Token& token : sequence->tokens) {
    words.push_back(absl::StrCat(kKinds[static_cast<int>(token.kind())], ":",
                                 sequence->Text(token)));
  }
  return absl::StrJoin(words, " ");
}

TEST(Lex, TellsTheKindsOfTokensApart) {
  EXPECT_EQ(Words("(func $f)"), "left:( word:func id:$f right:) end:");
  EXPECT_EQ(Words("1 -1 1.5 inf nan:0x1 0xff"),
            "nat:1 int:-1 float:1.5 float:inf float:nan:0x1 nat:0xff end:");
  EXPECT_EQ(Words("i32.const infx nan:canonical"),
            "word:i32.const word:infx word:nan:canonical end:");
  EXPECT_EQ(Words("\"a\" $\"b c\""), "string:\"a\" id:$\"b c\" end:");
  EXPECT_EQ(Words("0x 1_ A , {a} a[b] ;x"),
            "reserved:0x reserved:1_ reserved:A reserved:, reserved:{a} "
            "reserved:a[b] reserved:;x end:");
}

TEST(Lex, JoinsWhatNothingSeparates) {
  EXPECT_EQ(Words("a\"b\""), "reserved:a\"b\" end:");
  EXPECT_EQ(Words("\"a\"\"b\""), "reserved:\"a\"\"b\" end:");
  EXPECT_EQ(Words("$a\"b\""), "reserved:$a\"b\" end:");
  EXPECT_EQ(Words("$\"a\"b"), "reserved:$\"a\"b end:");
  EXPECT_EQ(Words("0$l"), "reserved:0$l end:");
  EXPECT_EQ(Words("$l$l"), "id:$l$l end:");
  EXPECT_EQ(Words("a(b)c"), "word:a left:( word:b right:) word:c end:");
}

TEST(Lex, DropsCommentsAndUnknownAnnotations) {
  EXPECT_EQ(Words("a;;b\nc;; d\re"), "word:a word:c word:e end:");
  EXPECT_EQ(Words("a(;b(;c;)d\n;)e"), "word:a word:e end:");
  EXPECT_EQ(Words("(;;)"), "end:");
  EXPECT_EQ(Words("a (@x y (z \")\") (@) (@w)) b"), "word:a word:b end:");
  EXPECT_EQ(Words("(@\"x y\" [,;])"), "end:");
}

TEST(Lex, KeepsKnownAnnotations) {
  EXPECT_EQ(Words("(@custom \"x\")"),
            "annotation:(@ word:custom string:\"x\" right:) end:");
  EXPECT_EQ(Words("(@\"name\" \"x\")"),
            "annotation:(@ word:\"name\" string:\"x\" right:) end:");
}

TEST(Lex, MatchesParentheses) {
  ASSERT_OK_AND_ASSIGN(const TokenSequence sequence,
                       Lex("(a (b) (@name c)) )"));
  const auto partner = [&](size_t i) { return sequence.tokens[i].partner(); };
  EXPECT_EQ(partner(0), 9u);
  EXPECT_EQ(partner(9), 0u);
  EXPECT_EQ(partner(2), 4u);
  EXPECT_EQ(partner(5), 8u);
  // Closes nothing.
  EXPECT_EQ(partner(10), 10u);
  ASSERT_OK_AND_ASSIGN(const TokenSequence open, Lex("(a (b"));
  EXPECT_EQ(open.tokens[0].partner(), open.tokens.size() - 1);
  EXPECT_EQ(open.tokens[2].partner(), open.tokens.size() - 1);
}

TEST(Lex, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    std::string source;
    const char* message;
  } kCases[] = {
      {"a \xff", "malformed UTF-8 encoding, at 1:3"},
      {"\"\x80\"", "malformed UTF-8 encoding"},
      {"(; \xc3 ;)", "malformed UTF-8 encoding"},
      {"a \x01", "illegal character, at 1:3"},
      {"\xc3\xa4", "illegal character"},
      {"(@x \x7f)", "illegal character"},
      {"\"abc", "unclosed string"},
      {"\"a\nb\"", "unclosed string"},
      {"\"\\x\"", "illegal escape"},
      {"(; a", "unclosed comment, at 1:1"},
      {"(; (; ;)", "unclosed comment"},
      {"(;", "unclosed comment"},
      {"(@x (y)", "unclosed annotation, at 1:1"},
      {"(@custom (y)", "unclosed annotation"},
      {"(@)", "empty annotation id"},
      {"(@ x)", "empty annotation id"},
      {"(@\"\")", "empty annotation id"},
      {"(@\"\\ef\")", "malformed UTF-8"},
      {"$", "empty identifier"},
      {"$(x)", "empty identifier"},
      {"$\"\"", "empty identifier"},
      {"$ \"a\"", "empty identifier"},
      {"$\"a\nb\"", "empty identifier"},
      {"$\"\\ef\"", "malformed UTF-8"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Lex(test.source), StatusIs(absl::StatusCode::kInvalidArgument,
                                           StartsWith(test.message)))
        << test.source;
  }
}

TEST(Lex, TakesAMillionNestedCommentsAndParentheses) {
  constexpr int kDepth = 1'000'000;
  std::string comments;
  for (int i = 0; i < kDepth; ++i) absl::StrAppend(&comments, "(;");
  EXPECT_THAT(Lex(comments), StatusIs(absl::StatusCode::kInvalidArgument,
                                      StartsWith("unclosed comment")));
  for (int i = 0; i < kDepth; ++i) absl::StrAppend(&comments, ";)");
  EXPECT_EQ(Words(comments), "end:");
  ASSERT_OK_AND_ASSIGN(const TokenSequence sequence,
                       Lex(std::string(kDepth, '(')));
  EXPECT_EQ(sequence.tokens.size(), kDepth + 1u);
  EXPECT_THAT(Lex(absl::StrCat("(@x ", std::string(kDepth, '('))),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("unclosed annotation")));
}

}  // namespace
}  // namespace wasijit::compiler
