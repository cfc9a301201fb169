#include "absl/strings/str_cat.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

constexpr Rights kRead = Rights::kFdRead;
constexpr Rights kWrite = Rights::kFdWrite;
constexpr Oflags kNoOflags = Oflags::kNone;

class PathOpenTest : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    Sandbox::WriteFile(box() / "file", "content");
    fs::create_directories(box() / "directory" / "nested");
    fs::create_symlink("file", box() / "link");
    fs::create_symlink("directory", box() / "directory_link");
    fs::create_symlink("nowhere", box() / "dangling");
    fs::create_symlink("loop", box() / "loop");
  }
  Rights RightsOf(Fd fd) { return calls().FdFdstatGet(fd).value().rights_base; }
};

TEST_P(PathOpenTest, FlagsDecideLikeOpen) {
  const auto kFollow = Lookupflags::kSymlinkFollow;
  const auto kNofollow = Lookupflags::kNone;
  const auto kCreat = Oflags::kCreat;
  const auto kDirectory = Oflags::kDirectory;
  const auto kExcl = Oflags::kExcl;
  const struct {
    absl::string_view path;
    Lookupflags lookup;
    Oflags oflags;
    Rights rights;
    Errno expected;
  } kCases[] = {
      {"file", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {"file", kFollow, kNoOflags, Rights::kNone, Errno::kSuccess},
      {"file", kFollow, kCreat, kWrite, Errno::kSuccess},
      {"file", kFollow, kCreat | kExcl, kWrite, Errno::kExist},
      {"file", kFollow, kDirectory, kRead, Errno::kNotdir},
      {"file/", kFollow, kNoOflags, kRead, Errno::kNotdir},
      {"file///", kFollow, kNoOflags, kRead, Errno::kNotdir},
      {"file/", kFollow, kCreat, kRead, Errno::kIsdir},
      {"file/x", kFollow, kNoOflags, kRead, Errno::kNotdir},
      {"file/.", kFollow, kNoOflags, kRead, Errno::kNotdir},
      {"file/..", kFollow, kNoOflags, kRead, Errno::kNotdir},
      {"none", kFollow, kNoOflags, kRead, Errno::kNoent},
      {"none/x", kFollow, kCreat, kRead, Errno::kNoent},
      {"none/", kFollow, kCreat, kRead, Errno::kIsdir},
      {"", kFollow, kNoOflags, kRead, Errno::kNoent},
      {".", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {".", kFollow, kDirectory, kRead, Errno::kSuccess},
      {".", kFollow, kCreat, kRead, Errno::kIsdir},
      {".", kFollow, kCreat | kExcl, kRead, Errno::kExist},
      {".", kFollow, kDirectory, kRead | kWrite, Errno::kIsdir},
      {"directory", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {"directory///", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {"directory", kFollow, kNoOflags, kWrite, Errno::kIsdir},
      {"directory", kFollow, kCreat | kDirectory, kRead, Errno::kInval},
      {"directory/.//nested/../../directory/nested", kFollow, kNoOflags, kRead,
       Errno::kSuccess},
      {"link", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {"link", kNofollow, kNoOflags, kRead, Errno::kLoop},
      {"link", kFollow, kCreat | kExcl, kRead, Errno::kExist},
      {"link/", kNofollow, kNoOflags, kRead, Errno::kNotdir},
      {"directory_link", kFollow, kNoOflags, kRead, Errno::kSuccess},
      {"directory_link", kNofollow, kNoOflags, kRead, Errno::kLoop},
      {"directory_link", kNofollow, kDirectory, kRead, Errno::kNotdir},
      {"directory_link/", kNofollow, kNoOflags, kRead, Errno::kSuccess},
      {"directory_link/nested", kNofollow, kNoOflags, kRead, Errno::kSuccess},
      {"directory_link/..", kNofollow, kNoOflags, kRead, Errno::kSuccess},
      {"dangling", kFollow, kNoOflags, kRead, Errno::kNoent},
      {"dangling", kNofollow, kNoOflags, kRead, Errno::kLoop},
      {"dangling", kNofollow, kCreat, kRead, Errno::kLoop},
      {"dangling", kFollow, kCreat | kExcl, kRead, Errno::kExist},
      {"loop", kFollow, kNoOflags, kRead, Errno::kLoop},
      {"loop/x", kFollow, kNoOflags, kRead, Errno::kLoop},
      {"/file", kFollow, kNoOflags, kRead, Errno::kNotcapable},
      {"..", kFollow, kNoOflags, kRead, Errno::kNotcapable},
      {"directory/../../box/file", kFollow, kNoOflags, kRead,
       Errno::kNotcapable},
      {absl::string_view("file\0", 5), kFollow, kNoOflags, kRead,
       Errno::kInval},
  };
  for (const auto& c : kCases) {
    const Result<Fd> fd =
        Open(c.path, c.rights, c.oflags, Fdflags::kNone, c.lookup);
    if (c.expected == Errno::kSuccess) {
      EXPECT_THAT(fd, Succeeds()) << c.path;
    } else {
      EXPECT_THAT(fd, FailsWith(c.expected)) << c.path;
    }
  }
}

TEST_P(PathOpenTest, LongPathsAreRefused) {
  std::string path;
  while (path.size() < kMaxPath - 1) path += "./";
  EXPECT_THAT(Open(path + ".", kDirectoryRights), Succeeds());
  EXPECT_THAT(Open(path + ".."), FailsWith(Errno::kNametoolong));
  EXPECT_THAT(Open(std::string(256, 'x')), FailsWith(Errno::kNametoolong));
  EXPECT_THAT(Open(std::string(30000, '/')), FailsWith(Errno::kNametoolong));
}

TEST_P(PathOpenTest, CreatingFollowsALinkWithinTheBox) {
  EXPECT_THAT(Open("dangling", kWrite, Oflags::kCreat), Succeeds());
  EXPECT_TRUE(fs::exists(box() / "nowhere"));
}

TEST_P(PathOpenTest, OnlyADirectoryIsABase) {
  const Fd file = MustOpen("file");
  EXPECT_THAT(Open("x", kRead, Oflags::kCreat, Fdflags::kNone,
                   Lookupflags::kNone, file),
              FailsWith(Errno::kNotdir));
  EXPECT_THAT(
      Open("x", kRead, kNoOflags, Fdflags::kNone, Lookupflags::kNone, kStdin),
      FailsWith(Errno::kNotdir));
}

TEST_P(PathOpenTest, ADirectoryConfinesToItself) {
  const Result<Fd> nested = calls().PathOpen(
      kBox, Lookupflags::kNone, String("directory"), Oflags::kDirectory,
      kDirectoryRights, kDirectoryRights | kFileRights, Fdflags::kNone);
  ASSERT_THAT(nested, Succeeds());
  EXPECT_THAT(Open("nested", kRead, kNoOflags, Fdflags::kNone,
                   Lookupflags::kNone, *nested),
              Succeeds());
  EXPECT_THAT(Open("../file", kRead, kNoOflags, Fdflags::kNone,
                   Lookupflags::kNone, *nested),
              FailsWith(Errno::kNotcapable));
}

TEST_P(PathOpenTest, RightsDecideTheAccess) {
  const Fd reading = MustOpen("file", kRead);
  EXPECT_EQ(ReadText(reading), "content");
  EXPECT_THAT(WriteText(reading, {"x"}), FailsWith(Errno::kNotcapable));
  const Fd writing = MustOpen("file", kWrite);
  EXPECT_EQ(WriteText(writing, {"C"}), 1u);
  EXPECT_THAT(calls().FdRead(writing, guest().NewIovecs({1})),
              FailsWith(Errno::kNotcapable));
  const Fd both = MustOpen("file", kRead | kWrite);
  EXPECT_EQ(ReadText(both), "Content");
  EXPECT_EQ(WriteText(both, {"!"}), 1u);
}

TEST_P(PathOpenTest, RightsAreCutToWhatMakesSense) {
  EXPECT_EQ(RightsOf(MustOpen("file", kAllRights)), kFileRights);
  EXPECT_EQ(RightsOf(MustOpen("file", kRead | Rights::kFdReaddir)), kRead);
  EXPECT_EQ(RightsOf(MustOpen(".", Rights::kFdSeek | Rights::kFdReaddir)),
            Rights::kFdReaddir);
}

TEST_P(PathOpenTest, RightsOfTheDirectoryLimitThoseOfTheFile) {
  const Fd directory = *calls().PathOpen(
      kBox, Lookupflags::kNone, String("."), Oflags::kDirectory,
      kDirectoryRights & ~Rights::kPathCreateFile &
          ~Rights::kPathFilestatSetSize,
      kDirectoryRights | kRead | Rights::kFdTell, Fdflags::kNone);
  const auto open = [&](absl::string_view path, Rights rights, Oflags oflags) {
    return Open(path, rights, oflags, Fdflags::kNone, Lookupflags::kNone,
                directory);
  };
  const Result<Fd> file = open("file", kRead | Rights::kFdSeek, kNoOflags);
  ASSERT_THAT(file, Succeeds());
  EXPECT_EQ(RightsOf(*file), kRead);
  const auto incapable = FailsWith(Errno::kNotcapable);
  EXPECT_THAT(open("file", kWrite, kNoOflags), incapable);
  EXPECT_THAT(open("new", kRead, Oflags::kCreat), incapable);
  EXPECT_THAT(open("file", Rights::kNone, Oflags::kTrunc), incapable);
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "content");
  ASSERT_THAT(
      calls().FdFdstatSetRights(directory, Rights::kNone, Rights::kNone),
      Succeeds());
  EXPECT_THAT(open("file", Rights::kNone, kNoOflags), incapable);
}

TEST_P(PathOpenTest, TruncatingWorksWithoutTheRightToWrite) {
  EXPECT_THAT(Open("file", Rights::kNone, Oflags::kTrunc), Succeeds());
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "");
}

TEST_P(PathOpenTest, AReadOnlyDirectoryAnswersLikeAReadOnlyFileSystem) {
  const auto open = [&](absl::string_view path, Rights rights, Oflags oflags) {
    return Open(path, rights, oflags, Fdflags::kNone, Lookupflags::kNone,
                kReadOnlyBox);
  };
  const auto rofs = FailsWith(Errno::kRofs);
  EXPECT_THAT(open("file", kRead, kNoOflags), Succeeds());
  EXPECT_THAT(open("file", kRead, Oflags::kCreat), Succeeds());
  EXPECT_THAT(open("file", kRead, Oflags::kCreat | Oflags::kExcl),
              FailsWith(Errno::kExist));
  EXPECT_THAT(open("new", kRead, Oflags::kCreat), rofs);
  EXPECT_THAT(open("new", kRead, Oflags::kCreat | Oflags::kExcl), rofs);
  EXPECT_THAT(open("file", kWrite, kNoOflags), rofs);
  EXPECT_THAT(open("file", kRead | Rights::kFdFilestatSetSize, kNoOflags),
              rofs);
  EXPECT_THAT(open("file", Rights::kNone, Oflags::kTrunc), rofs);
  EXPECT_THAT(open("new", kRead, kNoOflags), FailsWith(Errno::kNoent));
  EXPECT_FALSE(fs::exists(box() / "new"));
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "content");
}

TEST_P(PathOpenTest, WhatIsOpenedBelowAReadOnlyDirectoryIsReadOnly) {
  const Result<Fd> file =
      Open("file", kRead | Rights::kFdFilestatSetTimes, kNoOflags,
           Fdflags::kNone, Lookupflags::kNone, kReadOnlyBox);
  ASSERT_THAT(file, Succeeds());
  EXPECT_THAT(calls().FdFilestatSetTimes(*file, 1, 1, Fstflags::kMtim),
              FailsWith(Errno::kRofs));
  const Result<Fd> directory = calls().PathOpen(
      kReadOnlyBox, Lookupflags::kNone, String("directory"), Oflags::kDirectory,
      kDirectoryRights, kDirectoryRights | kFileRights, Fdflags::kNone);
  ASSERT_THAT(directory, Succeeds());
  EXPECT_THAT(calls().PathCreateDirectory(*directory, String("new")),
              FailsWith(Errno::kRofs));
}

TEST_P(PathOpenTest, SpecialFilesNeedPermission) {
  ASSERT_EQ(mkfifo((box() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(Open("pipe", kRead), FailsWith(Errno::kNotcapable));
  Start({.allow_special_files = true});
  // Without waiting for somebody to write.
  const Result<Fd> pipe = Open("pipe", kRead);
  ASSERT_THAT(pipe, Succeeds());
  EXPECT_EQ(ReadText(*pipe), "");
  EXPECT_THAT(Open("pipe", kRead | kWrite), Succeeds());
}

TEST_P(PathOpenTest, OnlyHarmlessDevicesAreOpened) {
  ContextOptions options;
  options.preopens.push_back({.guest = "/dev", .host = "/dev"});
  Start(options);
  // The device directory has come before the box.
  const auto open = [&](absl::string_view path) {
    return Open(path, kRead, kNoOflags, Fdflags::kNone,
                Lookupflags::kSymlinkFollow, Fd{3});
  };
  for (const absl::string_view name : {"null", "zero", "full", "urandom"}) {
    EXPECT_THAT(open(name), Succeeds()) << name;
  }
  EXPECT_THAT(open("tty"), testing::Not(Succeeds()));
  EXPECT_THAT(open("ptmx"), testing::Not(Succeeds()));
}

TEST_P(PathOpenTest, FailedOpensLeaveNoDescriptorOfTheHost) {
  ASSERT_EQ(mkfifo((box() / "pipe").c_str(), 0600), 0);
  Start({.max_descriptors = 5});
  const auto count = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"),
                         fs::directory_iterator());
  };
  const auto before = count();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Open("pipe", kRead), FailsWith(Errno::kNotcapable));
    EXPECT_THAT(Open("file", kRead), FailsWith(Errno::kMfile));
    EXPECT_THAT(Open("none", kRead), FailsWith(Errno::kNoent));
    EXPECT_THAT(Open("directory/nested/../../..", kRead),
                FailsWith(Errno::kNotcapable));
  }
  EXPECT_EQ(count(), before);
}

INSTANTIATE_WITH_RESOLVERS(PathOpenTest);

}  // namespace
}  // namespace wasijit::wasi
