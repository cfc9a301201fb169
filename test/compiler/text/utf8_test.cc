#include "compiler/text/utf8.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(Utf8EncodingSize, IsZeroForWhatIsNoEncoding) {
  const struct {
    absl::string_view text;
    size_t size;
  } kCases[] = {
      {"", 0},
      {"a", 1},
      {"\xc3\xa4!", 2},
      {"\xe2\x82\xac", 3},
      {"\xf0\x9f\x98\x80", 4},
      {"\x80", 0},
      {"\xc3", 0},
      {"\xc0\x80", 0},
      {"\xed\xa0\x80", 0},
      {"\xf4\x90\x80\x80", 0},
      {"\xff", 0},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Utf8EncodingSize(test.text), test.size) << test.text;
  }
}

TEST(Utf8PrefixSize, FindsTheFirstWrongByte) {
  EXPECT_EQ(Utf8PrefixSize("abc"), 3u);
  EXPECT_EQ(Utf8PrefixSize("\xc3\xa4xyz\xc3"), 5u);
  EXPECT_EQ(Utf8PrefixSize("abcdefghijklmnop\x80"), 16u);
}

TEST(AppendUtf8, IsTheEncodingOfEveryScalarValue) {
  for (uint32_t code_point = 0; code_point < 0x110000; code_point += 7) {
    if (!IsScalarValue(code_point)) continue;
    std::string text;
    AppendUtf8(code_point, text);
    ASSERT_EQ(Utf8EncodingSize(text), text.size()) << code_point;
  }
}

TEST(IsScalarValue, LeavesOutSurrogates) {
  EXPECT_TRUE(IsScalarValue(0xd7ff));
  EXPECT_FALSE(IsScalarValue(0xd800));
  EXPECT_FALSE(IsScalarValue(0xdfff));
  EXPECT_TRUE(IsScalarValue(0xe000));
  EXPECT_TRUE(IsScalarValue(0x10ffff));
  EXPECT_FALSE(IsScalarValue(0x110000));
}

}  // namespace
}  // namespace wasijit::compiler
