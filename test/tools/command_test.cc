#include "tools/command.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tools/command_line.h"

namespace wasijit::tools {
namespace {

TEST(Commands, AreIndexedByTheirEnumeratorsAndFoundByTheirNames) {
  std::set<std::string> names;
  for (size_t i = 0; i < Commands().size(); ++i) {
    const CommandInfo& command = Commands()[i];
    EXPECT_EQ(static_cast<size_t>(command.command), i);
    EXPECT_EQ(FindCommand(command.name), &command);
    EXPECT_NE(command.run, nullptr);
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
  }
  EXPECT_EQ(FindCommand("no-such-command"), nullptr);
}

}  // namespace
}  // namespace wasijit::tools
