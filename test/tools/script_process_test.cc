#include "tools/script_process.h"

#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;
using Kind = ScriptFinding::Kind;

void Ignore(size_t, const ScriptReport&) {}

TEST(RunInProcesses, GivesTheReportsInOrder) {
  for (size_t jobs : {1, 2, 16}) {
    std::vector<size_t> seen;
    ASSERT_OK_AND_ASSIGN(
        const std::vector<ScriptReport> reports,
        RunInProcesses(
            5, jobs,
            [](size_t script, const std::function<void(size_t)>&) {
              return ScriptReport{
                  .passed = script,
                  .findings = {{Kind::kFailed, script, "a\nb \"\\ \xc3\xbc"},
                               {Kind::kSkipped, 9, ""}}};
            },
            [&](size_t script, const ScriptReport&) {
              seen.push_back(script);
            }));
    ASSERT_EQ(reports.size(), 5u);
    EXPECT_THAT(seen, UnorderedElementsAreArray({0u, 1u, 2u, 3u, 4u}));
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(reports[i].passed, i);
      ASSERT_EQ(reports[i].findings.size(), 2u);
      EXPECT_EQ(reports[i].findings[0].line, i);
      EXPECT_EQ(reports[i].findings[0].message, "a\nb \"\\ \xc3\xbc");
      EXPECT_EQ(reports[i].findings[1].kind, Kind::kSkipped);
    }
  }
}

TEST(RunInProcesses, HasNothingToDo) {
  ASSERT_OK_AND_ASSIGN(const std::vector<ScriptReport> reports,
                       RunInProcesses(
                           0, 2,
                           [](size_t, const std::function<void(size_t)>&) {
                             return ScriptReport();
                           },
                           Ignore));
  EXPECT_TRUE(reports.empty());
}

// The others go on.
TEST(RunInProcesses, SaysHowAndWhereAProcessDied) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<ScriptReport> reports,
      RunInProcesses(
          3, 2,
          [](size_t script, const std::function<void(size_t)>& on_command) {
            on_command(41 + script);
            if (script == 0) kill(getpid(), SIGKILL);
            if (script == 1) _exit(7);
            return ScriptReport{.passed = 1, .findings = {}};
          },
          Ignore));
  ASSERT_EQ(reports[0].findings.size(), 1u);
  EXPECT_EQ(reports[0].findings[0].line, 41u);
  EXPECT_THAT(reports[0].findings[0].message, HasSubstr("killed by signal 9"));
  ASSERT_EQ(reports[1].findings.size(), 1u);
  EXPECT_EQ(reports[1].findings[0].line, 42u);
  EXPECT_THAT(reports[1].findings[0].message, HasSubstr("ended with status 7"));
  EXPECT_TRUE(reports[2].findings.empty());
  EXPECT_EQ(reports[2].passed, 1u);
}

// More than fits into a pipe.
TEST(RunInProcesses, TakesLongReports) {
  ASSERT_OK_AND_ASSIGN(const std::vector<ScriptReport> reports,
                       RunInProcesses(
                           1, 1,
                           [](size_t, const std::function<void(size_t)>&) {
                             ScriptReport report;
                             for (size_t i = 0; i < 10000; ++i) {
                               report.findings.push_back(
                                   {Kind::kFailed, i, std::string(100, 'x')});
                             }
                             return report;
                           },
                           Ignore));
  ASSERT_EQ(reports[0].findings.size(), 10000u);
  EXPECT_EQ(reports[0].findings.back().line, 9999u);
}

}  // namespace
}  // namespace wasijit::tools
