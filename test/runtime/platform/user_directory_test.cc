#include "runtime/platform/user_directory.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/digest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;
using Existing = UserDirectory::Existing;
using Readers = UserDirectory::Readers;

constexpr size_t kMaxSize = 1 << 20;

class UserDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = absl::StrCat(testing::TempDir(), "/user_directory_XXXXXX");
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    path_ = root_ + "/a/b";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  UserDirectory Create() {
    absl::StatusOr<UserDirectory> directory =
        UserDirectory::OpenOrCreate(path_);
    EXPECT_OK(directory);
    return *std::move(directory);
  }
  static absl::Status Write(const UserDirectory& directory,
                            const std::string& name, absl::string_view text,
                            Existing existing = Existing::kReplace) {
    return directory.Write(name, {BytesOf(text)}, existing);
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  // Whoever runs the test, there is another.
  static uid_t AnotherUser() { return geteuid() + 1; }

  std::string root_, path_;
};

TEST_F(UserDirectoryTest, IsMadeForTheUserAlone) {
  EXPECT_THAT(UserDirectory::Open(path_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));
  Create();
  for (const std::string& made : {path_, root_ + "/a"}) {
    struct stat status;
    ASSERT_EQ(stat(made.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u) << made;
  }
  EXPECT_OK(UserDirectory::Open(path_));
}

TEST_F(UserDirectoryTest, RefusesWhatOthersCouldWrite) {
  Create();
  for (const mode_t mode : {0720, 0702, 0777}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    EXPECT_THAT(UserDirectory::OpenOrCreate(path_),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("others may write")));
  }
  ASSERT_EQ(chmod(path_.c_str(), 0755), 0);
  EXPECT_OK(UserDirectory::Open(path_));
}

TEST_F(UserDirectoryTest, RefusesAnotherUsers) {
  if (geteuid() == 0) {
    Create();
    ASSERT_EQ(chown(path_.c_str(), AnotherUser(), 0), 0);
  } else {
    path_ = "/";
  }
  EXPECT_THAT(UserDirectory::OpenOrCreate(path_),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("belongs to another user")));
}

TEST_F(UserDirectoryTest, RefusesALink) {
  Create();
  const std::string link = root_ + "/link";
  ASSERT_EQ(symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_THAT(UserDirectory::OpenOrCreate(link),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("symbolic link")));
}

TEST_F(UserDirectoryTest, RefusesAFile) {
  Create();
  ASSERT_GE(open((root_ + "/file").c_str(), O_CREAT | O_WRONLY, 0600), 0);
  EXPECT_FALSE(UserDirectory::OpenOrCreate(root_ + "/file").ok());
  EXPECT_FALSE(UserDirectory::OpenOrCreate(root_ + "/file/below").ok());
}

TEST_F(UserDirectoryTest, KeepsWhatIsWritten) {
  const UserDirectory directory = Create();
  ASSERT_OK(directory.Write("x", {BytesOf("one"), BytesOf(""), BytesOf("two")},
                            Existing::kReplace));
  EXPECT_THAT(directory.Read("x", kMaxSize),
              IsOkAndHolds(ElementsAreArray(BytesOf("onetwo"))));
  ASSERT_OK(Write(directory, "x", "new"));
  EXPECT_THAT(directory.Read("x", 3),
              IsOkAndHolds(ElementsAreArray(BytesOf("new"))));
  EXPECT_FALSE(directory.Read("x", 2).ok());
  EXPECT_THAT(Write(directory, "x", "newer", Existing::kKeep),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'x'")));
  ASSERT_OK(Write(directory, "y", "kept", Existing::kKeep));
  EXPECT_THAT(Names(), testing::UnorderedElementsAre("x", "y"));
  ASSERT_OK(directory.Remove("x"));
  EXPECT_THAT(directory.Read("x", kMaxSize),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'x'")));
}

TEST_F(UserDirectoryTest, ReadsOnlyTheUsersOwnFiles) {
  const UserDirectory directory = Create();
  ASSERT_OK(Write(directory, "x", "text"));
  const std::string file = path_ + "/x";
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  EXPECT_OK(directory.Read("x", kMaxSize));
  EXPECT_THAT(directory.Read("x", kMaxSize, Readers::kUser),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("others may read")));
  ASSERT_EQ(chmod(file.c_str(), 0620), 0);
  EXPECT_THAT(directory.Read("x", kMaxSize),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("others may write")));
  if (geteuid() == 0) {
    ASSERT_EQ(chmod(file.c_str(), 0600), 0);
    ASSERT_EQ(chown(file.c_str(), AnotherUser(), 0), 0);
    EXPECT_THAT(directory.Read("x", kMaxSize),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("belongs to another user")));
  }
  ASSERT_EQ(symlink("x", (path_ + "/link").c_str()), 0);
  EXPECT_FALSE(directory.Read("link", kMaxSize).ok());
  ASSERT_EQ(mkfifo((path_ + "/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(directory.Read("pipe", kMaxSize).ok());
  ASSERT_EQ(mkdir((path_ + "/directory").c_str(), 0700), 0);
  EXPECT_FALSE(directory.Read("directory", kMaxSize).ok());
}

TEST_F(UserDirectoryTest, NotesWhenAFileWasLastUsed) {
  const UserDirectory directory = Create();
  ASSERT_OK(Write(directory, "x", "text"));
  const auto set_age = [&](int64_t seconds) {
    const struct timespec time = {.tv_sec = std::time(nullptr) - seconds,
                                  .tv_nsec = 0};
    const struct timespec times[2] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, (path_ + "/x").c_str(), times, 0), 0);
  };
  const auto age = [&] {
    return std::time(nullptr) - directory.List()->at(0).last_use / 1000000000;
  };
  set_age(1000);
  ASSERT_OK(directory.Read("x", kMaxSize));
  EXPECT_GE(age(), 1000);
  set_age(10000);
  EXPECT_GE(age(), 10000);
  ASSERT_OK(directory.Read("x", kMaxSize));
  EXPECT_LE(age(), 100);
}

TEST_F(UserDirectoryTest, ListsRegularFiles) {
  const UserDirectory directory = Create();
  EXPECT_THAT(directory.List(), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(Write(directory, "x", "text"));
  ASSERT_EQ(mkdir((path_ + "/directory").c_str(), 0700), 0);
  ASSERT_EQ(symlink("x", (path_ + "/link").c_str()), 0);
  for (int i = 0; i < 2; ++i) {
    const auto files = directory.List();
    ASSERT_OK(files);
    ASSERT_EQ(files->size(), 1u);
    EXPECT_EQ(files->at(0).name, "x");
    EXPECT_EQ(files->at(0).size, 4u);
    EXPECT_FALSE(files->at(0).is_temporary);
  }
}

// What a process that is killed while it writes leaves behind is known as such.
TEST_F(UserDirectoryTest, TellsWhatIsUnfinished) {
  const UserDirectory directory = Create();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // The default action of SIGXFSZ ends the process within the write.
    signal(SIGXFSZ, SIG_DFL);
    const rlimit no_core = {0, 0}, limit = {4, 4};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_FSIZE, &limit);
    Write(directory, "x", "0123456789").IgnoreError();
    _exit(0);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto files = directory.List();
  ASSERT_OK(files);
  ASSERT_EQ(files->size(), 1u);
  EXPECT_TRUE(files->at(0).is_temporary);
}

TEST_F(UserDirectoryTest, LeavesNothingOnAFullDisk) {
  const UserDirectory directory = Create();
  ASSERT_OK(Write(directory, "x", "old"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {4, 4};
    setrlimit(RLIMIT_FSIZE, &limit);
    _exit(Write(directory, "x", "0123456789").ok() ? 1 : 0);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(Names(), ElementsAre("x"));
  EXPECT_THAT(directory.Read("x", kMaxSize),
              IsOkAndHolds(ElementsAreArray(BytesOf("old"))));
}

}  // namespace
}  // namespace wasijit
