#include "tools/afterwards.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace wasijit::tools {
namespace {

TEST(AfterwardsTest, TheWorkIsDoneWhenTheProcessHasEnded) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    DoAfterwards([&ends] {
      const char byte = 'w';
      static_cast<void>(!write(ends[1], &byte, 1));
    });
    const char byte = 'p';
    static_cast<void>(!write(ends[1], &byte, 1));
    _exit(0);
  }
  close(ends[1]);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  char bytes[2] = {};
  ASSERT_EQ(read(ends[0], &bytes[0], 1), 1);
  ASSERT_EQ(read(ends[0], &bytes[1], 1), 1);
  EXPECT_EQ(bytes[0], 'p');
  EXPECT_EQ(bytes[1], 'w');
  close(ends[0]);
}

}  // namespace
}  // namespace wasijit::tools
