#include "tools/process_sandbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using testing::Contains;
using testing::ExitedWithCode;

bool HasLandlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0;
}

// Entering is for good: each case has a process of its own.
class ProcessSandboxTest : public testing::Test {
 protected:
  ProcessSandboxTest() {
    std::string pattern = testing::TempDir() + "/sandbox_XXXXXX";
    root_ = mkdtemp(pattern.data());
    for (const char* directory : {"writable", "readable", "other"}) {
      std::filesystem::create_directory(root_ / directory);
      std::ofstream(root_ / directory / "file") << "x";
    }
  }
  ~ProcessSandboxTest() override { std::filesystem::remove_all(root_); }

  SandboxGrants Grants() const {
    return {.readable = {root_ / "readable", root_ / "none"},
            .writable = {root_ / "writable"}};
  }
  bool Opens(const char* path, int flags) const {
    const int fd = open((root_ / path).c_str(), flags | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
  }

  std::filesystem::path root_;
};
using ProcessSandboxDeathTest = ProcessSandboxTest;

// 0, or the number of the first expectation that fails.
#define EXPECT_IN_CHILD(number, condition) \
  if (!(condition)) _exit(number)

TEST_F(ProcessSandboxDeathTest, OnlyWhatIsGrantedCanBeOpened) {
  if (!HasLandlock()) GTEST_SKIP() << "the kernel has no Landlock";
  EXPECT_EXIT(
      {
        EXPECT_IN_CHILD(1, EnterProcessSandbox(Grants()).ok());
        EXPECT_IN_CHILD(2, Opens("readable/file", O_RDONLY));
        EXPECT_IN_CHILD(3, !Opens("readable/file", O_WRONLY));
        EXPECT_IN_CHILD(4, !Opens("readable/new", O_WRONLY | O_CREAT));
        EXPECT_IN_CHILD(5, Opens("writable/file", O_RDWR | O_TRUNC));
        EXPECT_IN_CHILD(6, Opens("writable/new", O_WRONLY | O_CREAT));
        EXPECT_IN_CHILD(7, !Opens("other/file", O_RDONLY));
        EXPECT_IN_CHILD(8, !Opens("new", O_WRONLY | O_CREAT));
        EXPECT_IN_CHILD(9, rename((root_ / "writable/file").c_str(),
                                  (root_ / "other/stolen").c_str()) != 0);
        EXPECT_IN_CHILD(10,
                        mkfifo((root_ / "writable/fifo").c_str(), 0600) != 0);
        // Threads that are started later are no way out.
        bool opened = true;
        std::thread([&] { opened = Opens("other/file", O_RDONLY); }).join();
        EXPECT_IN_CHILD(11, !opened);
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST_F(ProcessSandboxDeathTest, InheritedDescriptorsAreClosed) {
  EXPECT_EXIT(
      {
        const int inherited = open("/dev/null", O_RDONLY);
        const int kept = open("/dev/null", O_RDONLY);
        const int own = open("/dev/null", O_RDONLY | O_CLOEXEC);
        const int keep[] = {kept};
        CloseInheritedDescriptors(keep);
        EXPECT_IN_CHILD(1, fcntl(inherited, F_GETFD) < 0);
        EXPECT_IN_CHILD(2, fcntl(kept, F_GETFD) >= 0);
        EXPECT_IN_CHILD(3, fcntl(own, F_GETFD) >= 0);
        EXPECT_IN_CHILD(4, fcntl(0, F_GETFD) >= 0);
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST(CompilerGrants, AreToReadModulesAndLibraries) {
  const SandboxGrants grants = CompilerGrants("/a/module.so");
  EXPECT_THAT(grants.readable, Contains("/a/module.so"));
  EXPECT_THAT(grants.readable, Contains("/usr/lib"));
}

}  // namespace
}  // namespace wasijit::tools
