#include "tools/progress.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wasijit::tools {
namespace {

TEST(ProgressText, ShowsThePart) {
  EXPECT_EQ(ProgressText("Compiling", 0, 8),
            "Compiling [                                        ] 0%");
  EXPECT_EQ(ProgressText("Compiling", 3, 8),
            "Compiling [###############                         ] 37%");
  EXPECT_EQ(ProgressText("Compiling", 8, 8),
            "Compiling [########################################] 100%");
  EXPECT_EQ(ProgressText("Compiling", 0, 0),
            "Compiling [########################################] 100%");
}

TEST(Progress, WritesNothingButToATerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress("Compiling");
    progress.Report(1, 2);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace wasijit::tools
