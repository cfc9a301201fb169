#include "compiler/text/string_literal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(ScanString, FindsTheEndOrTheError) {
  const struct {
    absl::string_view text;
    size_t size;
    absl::string_view error;
  } kCases[] = {
      {R"("")", 2, ""},
      {R"("a" b)", 3, ""},
      {R"("\"\\\n\t\r\'")", 14, ""},
      {R"("\00\fF")", 8, ""},
      {R"("\u{0}\u{1F_600}")", 17, ""},
      {R"("abc)", 4, "unclosed string"},
      {"\"a\n\"", 2, "unclosed string"},
      {"\"a\t\"", 2, "illegal control character in string"},
      {R"("a\x")", 2, "illegal escape"},
      {R"("\0")", 1, "illegal escape"},
      {R"("\u{d800}")", 1, "illegal escape"},
      {R"("\u{110000}")", 1, "illegal escape"},
      {R"("\u{}")", 1, "illegal escape"},
      {R"("\u{1_}")", 1, "illegal escape"},
  };
  for (const auto& test : kCases) {
    const ScannedString scanned = ScanString(test.text);
    EXPECT_EQ(scanned.size, test.size) << test.text;
    EXPECT_EQ(scanned.error, test.error) << test.text;
  }
}

TEST(DecodeString, ReplacesEscapes) {
  EXPECT_EQ(DecodeString(R"("a\t\n\r\"\'\\b")"), "a\t\n\r\"'\\b");
  EXPECT_EQ(DecodeString(R"("\00\ff\41")"), std::string("\0\xff\x41", 3));
  EXPECT_EQ(DecodeString(R"("\u{e4}\u{1f600}")"), "\xc3\xa4\xf0\x9f\x98\x80");
}

TEST(QuoteString, DecodesToTheSameBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  for (const std::string& bytes :
       {std::string(), all, std::string("\xc3\xa4"), std::string("\xc2\x9b"),
        std::string("\"\\'\n")}) {
    const std::string literal = QuoteString(bytes);
    EXPECT_EQ(ScanString(literal).size, literal.size()) << literal;
    EXPECT_EQ(ScanString(literal).error, "") << literal;
    EXPECT_EQ(DecodeString(literal), bytes) << literal;
  }
}

TEST(QuoteString, KeepsTextReadableAndEscapesControlCharacters) {
  EXPECT_EQ(QuoteString("h\xc3\xa4 \x1b\xc2\x9b\xff"),
            "\"h\xc3\xa4 \\1b\\c2\\9b\\ff\"");
}

TEST(QuoteId, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(QuoteId("f"), "$f");
  EXPECT_EQ(QuoteId("a.b-c#1"), "$a.b-c#1");
  EXPECT_EQ(QuoteId("a b"), "$\"a b\"");
  EXPECT_EQ(QuoteId("a\"b"), "$\"a\\\"b\"");
  EXPECT_EQ(QuoteId("f(x)"), "$\"f(x)\"");
}

TEST(DecodeId, TakesBothForms) {
  std::string storage;
  EXPECT_EQ(DecodeId("$f", storage), "f");
  EXPECT_EQ(DecodeId("$\"\\66\"", storage), "f");
  EXPECT_EQ(DecodeId(QuoteId("a b"), storage), "a b");
}

}  // namespace
}  // namespace wasijit::compiler
