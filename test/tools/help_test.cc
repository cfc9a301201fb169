#include "tools/help.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/option.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> EveryHelp() {
  std::vector<std::string> helps = {ProgramHelp()};
  for (const CommandInfo& command : Commands()) {
    helps.push_back(CommandHelp(command.command));
  }
  return helps;
}

TEST(Help, FitsATerminal) {
  for (const std::string& help : EveryHelp()) {
    for (absl::string_view line : absl::StrSplit(help, '\n')) {
      EXPECT_LE(line.size(), 80) << line;
    }
    EXPECT_EQ(help.back(), '\n');
  }
}

TEST(Help, ListsEveryCommand) {
  for (const CommandInfo& command : Commands()) {
    EXPECT_THAT(ProgramHelp(), HasSubstr(absl::StrCat("\n  ", command.name)));
  }
}

TEST(Help, ListsTheOptionsOfTheCommandAndNoOthers) {
  for (const CommandInfo& command : Commands()) {
    const std::string help = CommandHelp(command.command);
    EXPECT_THAT(help, HasSubstr(absl::StrCat("Usage: wasijit ", command.name,
                                             " [OPTION...] ")));
    for (const OptionInfo& option : Options()) {
      const std::string spelling = absl::StrCat("  --", option.name);
      const std::string letter = absl::StrCat(", --", option.name);
      const bool listed = help.find(spelling) != std::string::npos ||
                          help.find(letter) != std::string::npos;
      EXPECT_EQ(listed, option.BelongsTo(command.command)) << option.name;
    }
  }
}

TEST(Help, SaysHowElseAnOptionCanBeSpelled) {
  EXPECT_THAT(CommandHelp(Command::kRun), HasSubstr("unknown-imports-trap)"));
}

TEST(VersionText, IsNameAndNumber) {
  EXPECT_THAT(VersionText(), StartsWith("wasijit "));
  EXPECT_THAT(VersionText(), testing::ContainsRegex("[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace wasijit::tools
