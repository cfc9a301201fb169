#include "compiler/text/custom_annotation.h"

#include <string>

#include "compiler/text/module_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;

TEST(ParseCustomAnnotation, ReadsNamePlaceAndContent) {
  const struct {
    const char* text;
    const char* name;
    int after;
    const char* content;
  } kCases[] = {
      {"(@custom \"\")", "", 11, ""},
      {"(@custom \"a\" \"b\" \"\" \"c\")", "a", 11, "bc"},
      {"(@custom \"a\" (after func))", "a", 3, ""},
      {"(@custom \"a\" (before global) \"x\")", "a", 13, "x"},
      {"(@custom \"a\" (before type))", "a", 0, ""},
      {"(@custom \"a\" (before first))", "a", 0, ""},
      {"(@custom \"a\" (after last))", "a", 11, ""},
      {"(@custom \"a\" (before code))", "a", 12, ""},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    ByteWriter bytes;
    const CustomSection section = ParseCustomAnnotation(fixture.cursor, bytes);
    EXPECT_EQ(fixture.error(), "") << test.text;
    EXPECT_EQ(section.name, test.name) << test.text;
    EXPECT_EQ(section.after_section, test.after) << test.text;
    EXPECT_EQ(std::string(bytes.bytes().begin(), bytes.bytes().end()),
              test.content)
        << test.text;
  }
}

TEST(ParseCustomAnnotation, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"(@custom)", "@custom annotation: missing section name"},
      {"(@custom 4)", "@custom annotation: missing section name"},
      {"(@custom \"\\df\")", "@custom annotation: malformed UTF-8 encoding"},
      {"(@custom \"a\" here)", "@custom annotation: unexpected token"},
      {"(@custom \"a\" (after))", "@custom annotation: malformed section kind"},
      {"(@custom \"a\" (aft type))", "@custom annotation: malformed placement"},
      {"(@custom \"a\" (after func x))",
       "@custom annotation: unexpected token"},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    ByteWriter bytes;
    ParseCustomAnnotation(fixture.cursor, bytes);
    EXPECT_THAT(fixture.error(), StartsWith(test.error)) << test.text;
  }
}

TEST(PrintCustomAnnotation, ReadsBack) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(@custom \"a\\\"\" (before first) \"\\00\\ff\") (func)"
                  "(@custom \"b\" (after func))"));
  ASSERT_EQ(module.custom_sections.size(), 2u);
  EXPECT_EQ(PrintCustomAnnotation(module, module.custom_sections[0]),
            "(@custom \"a\\\"\" (before first) \"\\00\\ff\")");
  EXPECT_EQ(PrintCustomAnnotation(module, module.custom_sections[1]),
            "(@custom \"b\" (after func) \"\")");
}

}  // namespace
}  // namespace wasijit::compiler
