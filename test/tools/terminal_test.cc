#include "tools/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "gtest/gtest.h"

namespace wasijit::tools {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

class ColorTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(openpty(&leader_, &follower_, nullptr, nullptr, nullptr), 0);
    terminal_.reset(fdopen(follower_, "w"));
    ASSERT_NE(terminal_, nullptr);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
  }
  void TearDown() override { close(leader_); }

  int leader_ = -1;
  int follower_ = -1;
  File terminal_;
};

TEST_F(ColorTest, IsUsedOnATerminal) {
  EXPECT_TRUE(UsesColor(terminal_.get()));
}

TEST_F(ColorTest, IsNotUsedInAFile) {
  File file(std::fopen("/dev/null", "w"));
  EXPECT_FALSE(UsesColor(file.get()));
}

TEST_F(ColorTest, IsNotUsedAgainstTheUsersWish) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(UsesColor(terminal_.get()));
  // https://no-color.org: an empty value is none.
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(UsesColor(terminal_.get()));
}

TEST_F(ColorTest, IsNotUsedOnATerminalWithoutIt) {
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(UsesColor(terminal_.get()));
}

TEST(Styled, ResetsTheStyle) {
  EXPECT_EQ(Styled("x", Style::kRed, true), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(Styled("x", Style::kRed, false), "x");
}

TEST(PrintMessage, WritesOneLineToStderr) {
  testing::internal::CaptureStderr();
  PrintMessage("error", "no such file");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "wasijit: error: no such file\n");
}

}  // namespace
}  // namespace wasijit::tools
