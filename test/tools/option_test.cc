#include "tools/option.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wasijit::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Options, AreIndexedByTheirEnumerators) {
  for (size_t i = 0; i < Options().size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(Options()[i].option), i);
    EXPECT_EQ(&InfoOf(Options()[i].option), &Options()[i]);
  }
}

TEST(Options, HaveOneMeaningPerSpellingOfACommand) {
  for (const CommandInfo& command : Commands()) {
    std::set<std::string> spellings;
    for (const OptionInfo& option : Options()) {
      if (!option.BelongsTo(command.command)) continue;
      EXPECT_TRUE(spellings.insert(option.name).second) << option.name;
      if (option.letter != 0) {
        EXPECT_TRUE(spellings.insert(std::string(1, option.letter)).second)
            << option.name;
      }
      if (*option.group != '\0') {
        EXPECT_TRUE(spellings.insert(option.group).second) << option.group;
      }
    }
  }
}

TEST(Options, EveryCommandHasHelpAndVersion) {
  for (const CommandInfo& command : Commands()) {
    EXPECT_TRUE(InfoOf(Option::kHelp).BelongsTo(command.command));
    EXPECT_TRUE(InfoOf(Option::kVersion).BelongsTo(command.command));
  }
  EXPECT_TRUE(InfoOf(Option::kDir).BelongsTo(Command::kRun));
  EXPECT_FALSE(InfoOf(Option::kDir).BelongsTo(Command::kCompletion));
}

TEST(ChoicesOf, AreTheWordsInLowerCase) {
  EXPECT_THAT(ChoicesOf("bash|zsh|fish"), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(ChoicesOf("FILE"), IsEmpty());
  EXPECT_THAT(ChoicesOf("FILE|-"), IsEmpty());
  EXPECT_THAT(ChoicesOf(""), IsEmpty());
}

}  // namespace
}  // namespace wasijit::tools
