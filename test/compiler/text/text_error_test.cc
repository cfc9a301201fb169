#include "compiler/text/text_error.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::Lt;
using ::wasijit::test::StatusIs;

TEST(PositionOf, CountsLinesAndCodePoints) {
  const struct {
    const char* source;
    size_t offset;
    TextPosition position;
  } kCases[] = {
      {"", 0, {1, 1}},
      {"abc", 2, {1, 3}},
      {"a\nbc", 3, {2, 2}},
      {"a\r\nbc", 4, {2, 2}},
      {"a\rbc", 3, {2, 2}},
      {"a\n\nb", 3, {3, 1}},
      {"\xc3\xa4\xc3\xb6x", 4, {1, 3}},
      {"ab", 100, {1, 3}},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(PositionOf(test.source, test.offset), test.position)
        << test.source;
  }
}

TEST(TextError, ShowsTheLineAndACaret) {
  EXPECT_THAT(TextError("(module\n  (fnc))\n", 11, "unknown operator fnc"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown operator fnc, at 2:4\n"
                       "    (fnc))\n"
                       "     ^"));
}

TEST(TextError, PointsBehindWideCharacters) {
  EXPECT_THAT(TextError("\xc3\xa4 x", 3, "m"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "m, at 1:3\n  \xc3\xa4 x\n    ^"));
}

TEST(TextError, ShortensLongLines) {
  const std::string source =
      absl::StrCat(std::string(500, 'a'), "X", std::string(500, 'b'));
  const absl::Status status = TextError(source, 500, "m");
  EXPECT_THAT(status.message().size(), Lt(300u));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               testing::HasSubstr("aaaXbbb")));
}

TEST(TextError, LetsNothingThroughThatATerminalWouldInterpret) {
  // Escape, delete, a C1 control character, a stray byte.
  for (const char* source : {"a\x1b[31m", "a\x7f", "a\xc2\x9b", "a\xff"}) {
    const absl::Status status = TextError(source, 0, "m");
    for (char c : status.message()) {
      const auto byte = static_cast<unsigned char>(c);
      EXPECT_TRUE(byte == '\n' || (byte >= 0x20 && byte < 0x7f)) << source;
    }
  }
}

}  // namespace
}  // namespace wasijit::compiler
