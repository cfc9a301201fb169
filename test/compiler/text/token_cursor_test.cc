#include "compiler/text/token_cursor.h"

#include <string>

#include "absl/status/status.h"
#include "compiler/text/lexer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;
using ::wasijit::test::StatusIs;

TEST(TokenCursor, ReadsTokensInOrder) {
  ASSERT_OK_AND_ASSIGN(const TokenSequence sequence,
                       Lex("(func $f \"a\" \"\\ff\" 7 nop)"));
  TokenCursor cursor(sequence);
  EXPECT_TRUE(cursor.AtGroup(Keyword::kFunc));
  EXPECT_FALSE(cursor.TakeGroup(Keyword::kTable));
  EXPECT_TRUE(cursor.TakeGroup(Keyword::kFunc));
  EXPECT_TRUE(cursor.AtIndex());
  cursor.Advance();
  EXPECT_EQ(cursor.ExpectName(), "a");
  EXPECT_EQ(cursor.ExpectString(), "\xff");
  EXPECT_EQ(cursor.ExpectUnsigned(32), 7u);
  EXPECT_FALSE(cursor.AtGroupEnd());
  EXPECT_EQ(cursor.Text(), "nop");
  cursor.Advance();
  EXPECT_TRUE(cursor.AtGroupEnd());
  EXPECT_FALSE(cursor.AtEnd());
  cursor.ExpectRightParen();
  EXPECT_TRUE(cursor.AtEnd());
  EXPECT_OK(cursor.status());
}

TEST(TokenCursor, StaysAtTheEndAfterTheFirstFailure) {
  ASSERT_OK_AND_ASSIGN(const TokenSequence sequence, Lex("(func) nop"));
  TokenCursor cursor(sequence, {0, 3});
  cursor.Fail("first");
  cursor.Fail("second");
  EXPECT_TRUE(cursor.AtEnd());
  EXPECT_TRUE(cursor.AtGroupEnd());
  cursor.Advance();
  cursor.Seek(0);
  EXPECT_FALSE(cursor.TakeGroup(Keyword::kFunc));
  EXPECT_EQ(cursor.ExpectString(), "");
  EXPECT_THAT(cursor.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        StartsWith("first, at 1:1")));
}

TEST(TokenCursor, SaysWhatIsUnexpected) {
  const struct {
    const char* source;
    const char* message;
  } kCases[] = {
      {"nop", "unexpected token nop, expected a thing"},
      {"frobnicate", "unknown operator frobnicate, expected a thing"},
      {"0x", "unknown operator 0x"},
      {"(func)", "unexpected token (func"},
      {"(frob)", "unknown operator frob"},
      {"((x))", "unexpected token ("},
      {")", "unexpected token )"},
      {"", "unexpected token (end of text)"},
      {"(@name \"x\")", "misplaced @name annotation"},
      {"(@\"custom\" \"x\")", "misplaced @custom annotation"},
      {"$x", "unexpected token $x"},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const TokenSequence sequence, Lex(test.source));
    TokenCursor cursor(sequence);
    cursor.FailUnexpected("a thing");
    EXPECT_THAT(cursor.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                          StartsWith(test.message)))
        << test.source;
  }
}

TEST(TokenCursor, ChecksRangesAndEncodings) {
  const auto status = [](const char* source, auto read) {
    const absl::StatusOr<TokenSequence> sequence = Lex(source);
    TokenCursor cursor(*sequence);
    read(cursor);
    return cursor.status();
  };
  EXPECT_THAT(status("4294967296",
                     [](TokenCursor& cursor) { cursor.ExpectUnsigned(32); }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("i32 constant out of range")));
  EXPECT_THAT(
      status("-1", [](TokenCursor& cursor) { cursor.ExpectUnsigned(8); }),
      StatusIs(absl::StatusCode::kInvalidArgument,
               StartsWith("unexpected token")));
  EXPECT_THAT(
      status("\"\\ff\"", [](TokenCursor& cursor) { cursor.ExpectName(); }),
      StatusIs(absl::StatusCode::kInvalidArgument,
               StartsWith("malformed UTF-8 encoding")));
  EXPECT_THAT(status("(a (b)", [](TokenCursor& cursor) { cursor.SkipGroup(); }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("unexpected token (end of text)")));
}

TEST(TokenCursor, SkipsGroups) {
  ASSERT_OK_AND_ASSIGN(const TokenSequence sequence, Lex("(a (b) (c)) d"));
  TokenCursor cursor(sequence);
  cursor.SkipGroup();
  EXPECT_EQ(cursor.Text(), "d");
}

}  // namespace
}  // namespace wasijit::compiler
