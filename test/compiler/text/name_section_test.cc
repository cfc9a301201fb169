#include "compiler/text/name_section.h"

#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::_;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

NameSection Everything() {
  NameSection names;
  names.module = "m";
  names.functions = {{0, "f"}, {300, "g"}};
  names.locals = {{0, {{0, "x"}, {2, ""}}}, {1, {{1, "y"}}}};
  names.labels = {{0, {{0, "l"}}}};
  names.types = {{0, "t"}};
  names.tables = {{0, "table"}};
  names.memories = {{0, "memory"}};
  names.globals = {{1, "g"}};
  names.elements = {{0, "e"}};
  names.data = {{0, "d"}};
  names.fields = {{3, {{0, "field"}}}};
  names.tags = {{0, "tag"}};
  return names;
}

TEST(NameSection, ReadsBackAsWritten) {
  for (const NameSection& names : {NameSection(), Everything()}) {
    ByteWriter writer;
    WriteNameSection(names, writer);
    EXPECT_THAT(ReadNameSection(writer.bytes()), IsOkAndHolds(names));
  }
}

TEST(NameSection, IsAsTheSpecificationHasIt) {
  NameSection names;
  names.module = "m";
  names.functions = {{1, "f"}};
  ByteWriter writer;
  WriteNameSection(names, writer);
  EXPECT_EQ(writer.bytes(),
            (std::vector<uint8_t>{0, 2, 1, 'm', 1, 4, 1, 1, 1, 'f'}));
}

TEST(ReadNameSection, LeavesUnknownSubsectionsOut) {
  NameSection expected;
  expected.module = "m";
  EXPECT_THAT(ReadNameSection(std::vector<uint8_t>{0, 2, 1, 'm', 99, 2, 1, 2}),
              IsOkAndHolds(expected));
}

TEST(ReadNameSection, RejectsWhatIsMalformed) {
  const std::vector<uint8_t> kCases[] = {
      {0},
      {0, 3, 1, 'm'},                   // Size beyond the end.
      {0, 3, 1, 'm', 0},                // Rest.
      {0, 2, 1, 0xff},                  // No UTF-8.
      {1, 7, 2, 1, 1, 'f', 1, 1, 'g'},  // An index twice.
      {1, 7, 2, 1, 1, 'f', 0, 1, 'g'},  // Indices out of order.
      {1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f},
      {2, 3, 1, 0, 5},
  };
  for (const std::vector<uint8_t>& bytes : kCases) {
    EXPECT_THAT(ReadNameSection(bytes),
                StatusIs(absl::StatusCode::kInvalidArgument, _));
  }
}

TEST(FindName, IsEmptyForOtherIndices) {
  const NameSection names = Everything();
  EXPECT_EQ(FindName(names.functions, 300), "g");
  EXPECT_EQ(FindName(names.functions, 1), "");
  EXPECT_EQ(FindName({}, 0), "");
  ASSERT_NE(FindNames(names.locals, 1), nullptr);
  EXPECT_EQ(FindName(*FindNames(names.locals, 1), 1), "y");
  EXPECT_EQ(FindNames(names.locals, 2), nullptr);
}

TEST(NameSection, IsEmptyOnlyWithoutAnyName) {
  EXPECT_TRUE(NameSection().IsEmpty());
  NameSection names;
  names.module = "";
  EXPECT_FALSE(names.IsEmpty());
}

}  // namespace
}  // namespace wasijit::compiler
