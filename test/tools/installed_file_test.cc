#include "tools/installed_file.h"

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

TEST(InstalledFile, LiesBesideTheProgram) {
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_THAT(InstalledFile(self.filename().string()),
              IsOkAndHolds(self.string()));
}

TEST(InstalledFile, SaysWhereItWasLookedFor) {
  EXPECT_THAT(InstalledFile("no-such-file"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("/no-such-file' nor '"),
                             HasSubstr("/../lib/wasijit/no-such-file'"))));
}

}  // namespace
}  // namespace wasijit::tools
