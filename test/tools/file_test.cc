#include "tools/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string name = testing::TempDir() + "file_test.XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  ~FileTest() override { std::filesystem::remove_all(directory_); }

  std::string Path(const char* name) const { return directory_ / name; }

  std::filesystem::path directory_;
};

TEST_F(FileTest, WhatIsWrittenIsRead) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{65536}, size_t{200'000}}) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i % 251);
    ASSERT_OK(WriteFile(Path("f"), bytes));
    EXPECT_THAT(ReadFile(Path("f")), IsOkAndHolds(bytes));
  }
}

TEST_F(FileTest, AnErrorNamesTheFileAndTheCause) {
  EXPECT_THAT(ReadFile(Path("none")),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("cannot open"), HasSubstr("none'"),
                             HasSubstr("No such file or directory"))));
  EXPECT_FALSE(ReadFile(directory_).ok());
  EXPECT_FALSE(WriteFile(Path("none/f"), Bytes{1}).ok());
}

TEST_F(FileTest, ALongFileIsRefused) {
  ASSERT_OK(WriteFile(Path("f"), Bytes(11)));
  EXPECT_OK(ReadFile(Path("f"), 11));
  EXPECT_THAT(ReadFile(Path("f"), 10),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("longer than 10 bytes")));
  EXPECT_THAT(
      ReadFile("/dev/zero", 1 << 20),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/zero")));
}

TEST_F(FileTest, WritingReplacesTheFileAndLeavesNothingElse) {
  ASSERT_OK(WriteFile(Path("f"), Bytes(5)));
  const int old = open(Path("f").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(old, 0);
  ASSERT_OK(WriteFile(Path("f"), Bytes(3)));
  struct stat status;
  ASSERT_EQ(fstat(old, &status), 0);
  // Whoever has the old file open keeps it.
  EXPECT_EQ(status.st_size, 5);
  close(old);
  size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    EXPECT_EQ(entry.path().filename(), "f");
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST_F(FileTest, TheUsersMaskDecidesAboutANewFile) {
  const mode_t mask = umask(027);
  ASSERT_OK(WriteFile(Path("f"), Bytes(1)));
  umask(mask);
  struct stat status;
  ASSERT_EQ(stat(Path("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640);
}

TEST_F(FileTest, ADeviceIsWrittenNotReplaced) {
  EXPECT_OK(WriteFile("/dev/null", Bytes(100)));
  struct stat status;
  ASSERT_EQ(stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

}  // namespace
}  // namespace wasijit::tools
