#include "tools/completion.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "tools/command.h"
#include "tools/option.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

TEST(CompletionScript, KnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    ASSERT_OK_AND_ASSIGN(std::string script, CompletionScript(shell));
    for (const CommandInfo& command : Commands()) {
      EXPECT_THAT(script, HasSubstr(command.name)) << shell;
    }
    for (const OptionInfo& option : Options()) {
      const std::string spelling = shell == std::string("fish")
                                       ? absl::StrCat("-l ", option.name, " ")
                                       : absl::StrCat("--", option.name);
      EXPECT_THAT(script, HasSubstr(spelling)) << shell;
    }
  }
}

TEST(CompletionScript, RejectsAnUnknownShell) {
  EXPECT_THAT(
      CompletionScript("tcsh"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'tcsh'")));
}

}  // namespace
}  // namespace wasijit::tools
