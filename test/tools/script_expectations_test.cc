#include "tools/script_expectations.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;
using Kind = ScriptFinding::Kind;

constexpr absl::string_view kText = R"(# What is known.

a.wast:3 fails  # why
a.wast skips 2
dir/b.wast:7 fails  # another
)";

ScriptReport Report(std::vector<ScriptFinding> findings) {
  return {.passed = 5, .findings = std::move(findings)};
}

// What is left of a report of a.wast: "3: message" for each finding.
std::vector<std::string> Left(ScriptReport report) {
  const absl::StatusOr<ScriptExpectations> expectations =
      ScriptExpectations::Parse(kText);
  EXPECT_OK(expectations);
  const size_t before = report.Count(Kind::kFailed);
  const std::vector<ScriptFinding> explained =
      expectations->Apply("a.wast", report);
  if (before > 0) {
    EXPECT_THAT(explained, testing::SizeIs(1));
    EXPECT_EQ(explained[0].line, 3u);
    EXPECT_EQ(explained[0].message, "why");
  }
  EXPECT_EQ(report.passed, 5u);
  std::vector<std::string> left;
  for (const ScriptFinding& finding : report.findings) {
    left.push_back((finding.kind == Kind::kFailed ? "failed " : "skipped ") +
                   std::to_string(finding.line));
  }
  return left;
}

TEST(ScriptExpectations, TakeOutWhatIsExpected) {
  EXPECT_THAT(Left(Report({{Kind::kFailed, 3, "x"},
                           {Kind::kSkipped, 4, "x"},
                           {Kind::kSkipped, 5, "x"}})),
              testing::IsEmpty());
}

TEST(ScriptExpectations, LeaveWhatIsNot) {
  EXPECT_THAT(Left(Report({{Kind::kFailed, 3, "x"},
                           {Kind::kFailed, 4, "x"},
                           {Kind::kSkipped, 5, "x"},
                           {Kind::kSkipped, 5, "x"}})),
              testing::ElementsAre("failed 4"));
  // More skips than are known: all are shown.
  EXPECT_THAT(Left(Report({{Kind::kFailed, 3, "x"},
                           {Kind::kSkipped, 5, "x"},
                           {Kind::kSkipped, 6, "x"},
                           {Kind::kSkipped, 7, "x"}})),
              testing::ElementsAre("skipped 5", "skipped 6", "skipped 7"));
}

TEST(ScriptExpectations, FailWhatPassesNevertheless) {
  EXPECT_THAT(
      Left(Report({{Kind::kSkipped, 5, "x"}, {Kind::kSkipped, 6, "x"}})),
      testing::ElementsAre("failed 3"));
  EXPECT_THAT(Left(Report({{Kind::kFailed, 3, "x"}, {Kind::kSkipped, 5, "x"}})),
              testing::ElementsAre("failed 1"));
}

TEST(ScriptExpectations, ShrinkAndNeverGrow) {
  EXPECT_EQ(ScriptExpectations::Shrink(kText, "a.wast",
                                       Report({{Kind::kSkipped, 5, "x"}})),
            "# What is known.\n\na.wast skips 1\ndir/b.wast:7 fails  # "
            "another\n");
  EXPECT_EQ(ScriptExpectations::Shrink(kText, "a.wast", Report({})),
            "# What is known.\n\ndir/b.wast:7 fails  # another\n");
  EXPECT_EQ(ScriptExpectations::Shrink(kText, "c.wast",
                                       Report({{Kind::kFailed, 1, "x"}})),
            kText);
  EXPECT_EQ(ScriptExpectations::Shrink(kText, "a.wast",
                                       Report({{Kind::kFailed, 3, "x"},
                                               {Kind::kSkipped, 5, "x"},
                                               {Kind::kSkipped, 6, "x"},
                                               {Kind::kSkipped, 7, "x"}})),
            "# What is known.\n\na.wast:3 fails  # why\na.wast skips 2\n"
            "dir/b.wast:7 fails  # another\n");
}

TEST(ScriptExpectations, NameAMalformedLine) {
  for (absl::string_view line :
       {"a.wast", "a.wast fails  # why", "a.wast:x fails  # why",
        "a.wast skips", "a.wast skips -1", "a.wast:1 passes  # why",
        "a.wast:1 fails 2  # why", "a.wast:1 fails", "a.wast:1 fails  #"}) {
    EXPECT_THAT(ScriptExpectations::Parse(line),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string(line))))
        << line;
  }
}

}  // namespace
}  // namespace wasijit::tools
