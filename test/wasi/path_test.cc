#include <set>

#include "absl/strings/str_cat.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

constexpr Lookupflags kNofollow = Lookupflags::kNone;
constexpr Lookupflags kFollow = Lookupflags::kSymlinkFollow;

class PathTest : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    Plant();
  }

  void TearDown() override { fs::current_path("/"); }

  // The box as every case finds it; the test's own current directory.
  void Plant() {
    fs::remove_all(box() / "work");
    fs::create_directories(box() / "work" / "full" / "inner");
    fs::create_directory(box() / "work" / "empty");
    Sandbox::WriteFile(box() / "work" / "file", "content");
    Sandbox::WriteFile(box() / "work" / "other", "other");
    fs::create_symlink("file", box() / "work" / "link");
    fs::create_symlink("empty", box() / "work" / "directory_link");
    fs::create_symlink("nowhere", box() / "work" / "dangling");
    fs::create_symlink("loop", box() / "work" / "loop");
    fs::current_path(box() / "work");
  }

  GuestString Work(absl::string_view path) {
    // Absolute and empty ones stay what they are.
    if (path.empty() || path[0] == '/') return String(path);
    return String(absl::StrCat("work/", path));
  }
};

struct PathCase {
  absl::string_view path;
  Errno expected;
};

template <typename T>
void ExpectErrno(const Result<T>& result, Errno expected,
                 const std::string& what) {
  if (expected == Errno::kSuccess) {
    EXPECT_THAT(result, Succeeds()) << what;
  } else {
    EXPECT_THAT(result, FailsWith(expected)) << what;
  }
}

TEST_P(PathTest, CreateDirectory) {
  const PathCase kCases[] = {
      {"new", Errno::kSuccess},
      {"new/", Errno::kSuccess},
      {"new//", Errno::kSuccess},
      {"empty/../new", Errno::kSuccess},
      {"directory_link/new", Errno::kSuccess},
      {"file", Errno::kExist},
      {"file/", Errno::kExist},
      {"empty", Errno::kExist},
      {"empty/.", Errno::kExist},
      {"empty/..", Errno::kExist},
      {"dangling", Errno::kExist},
      {"dangling/", Errno::kExist},
      {"directory_link/", Errno::kExist},
      {"none/new", Errno::kNoent},
      {"none/.", Errno::kNoent},
      {"file/new", Errno::kNotdir},
      {"", Errno::kNoent},
      {"/new", Errno::kNotcapable},
      {"../../new", Errno::kNotcapable},
      {"../..", Errno::kNotcapable},
      {"loop/new", Errno::kLoop},
  };
  for (const PathCase& c : kCases) {
    Plant();
    ExpectErrno(calls().PathCreateDirectory(kBox, Work(c.path)), c.expected,
                std::string(c.path));
    EXPECT_EQ(fs::exists("new") || fs::exists("empty/new"),
              c.expected == Errno::kSuccess);
  }
}

TEST_P(PathTest, RemoveDirectory) {
  const PathCase kCases[] = {
      {"empty", Errno::kSuccess},
      {"empty/", Errno::kSuccess},
      {"empty//", Errno::kSuccess},
      {"full/../empty", Errno::kSuccess},
      {"full", Errno::kNotempty},
      {"file", Errno::kNotdir},
      {"file/", Errno::kNotdir},
      {"directory_link", Errno::kNotdir},
      {"directory_link/", Errno::kNotdir},
      {"dangling", Errno::kNotdir},
      {"none", Errno::kNoent},
      {"none/", Errno::kNoent},
      {"empty/.", Errno::kInval},
      {".", Errno::kInval},
      {"", Errno::kNoent},
      {"/", Errno::kNotcapable},
      {"../../outside", Errno::kNotcapable},
  };
  for (const PathCase& c : kCases) {
    Plant();
    ExpectErrno(calls().PathRemoveDirectory(kBox, Work(c.path)), c.expected,
                std::string(c.path));
    EXPECT_EQ(fs::exists("empty"), c.expected != Errno::kSuccess);
  }
}

TEST_P(PathTest, UnlinkFile) {
  const PathCase kCases[] = {
      {"file", Errno::kSuccess},
      {"full/../file", Errno::kSuccess},
      {"file/", Errno::kNotdir},
      {"file//", Errno::kNotdir},
      {"file/.", Errno::kNotdir},
      {"empty", Errno::kIsdir},
      {"empty/", Errno::kIsdir},
      {"empty/.", Errno::kIsdir},
      {"empty/..", Errno::kIsdir},
      {"link/", Errno::kNotdir},
      {"directory_link/", Errno::kNotdir},
      {"dangling/", Errno::kNotdir},
      {"none", Errno::kNoent},
      {"none/", Errno::kNoent},
      {"", Errno::kNoent},
      {"/file", Errno::kNotcapable},
      {"../../outside/canary", Errno::kNotcapable},
  };
  for (const PathCase& c : kCases) {
    Plant();
    ExpectErrno(calls().PathUnlinkFile(kBox, Work(c.path)), c.expected,
                std::string(c.path));
    EXPECT_EQ(fs::exists("file"), c.expected != Errno::kSuccess);
  }
  Plant();
  // The link goes, not what it leads to.
  EXPECT_THAT(calls().PathUnlinkFile(kBox, Work("link")), Succeeds());
  EXPECT_FALSE(fs::exists(fs::symlink_status("link")));
  EXPECT_TRUE(fs::exists("file"));
}

TEST_P(PathTest, FilestatGet) {
  const struct {
    absl::string_view path;
    Lookupflags lookup;
    Errno expected;
    Filetype type;
  } kCases[] = {
      {"file", kNofollow, Errno::kSuccess, Filetype::kRegularFile},
      {"file", kFollow, Errno::kSuccess, Filetype::kRegularFile},
      {"empty", kNofollow, Errno::kSuccess, Filetype::kDirectory},
      {"empty/", kNofollow, Errno::kSuccess, Filetype::kDirectory},
      {".", kNofollow, Errno::kSuccess, Filetype::kDirectory},
      {"full/..", kNofollow, Errno::kSuccess, Filetype::kDirectory},
      {"link", kNofollow, Errno::kSuccess, Filetype::kSymbolicLink},
      {"link", kFollow, Errno::kSuccess, Filetype::kRegularFile},
      {"link/", kNofollow, Errno::kNotdir, {}},
      {"directory_link", kNofollow, Errno::kSuccess, Filetype::kSymbolicLink},
      {"directory_link", kFollow, Errno::kSuccess, Filetype::kDirectory},
      {"directory_link/", kNofollow, Errno::kSuccess, Filetype::kDirectory},
      {"dangling", kNofollow, Errno::kSuccess, Filetype::kSymbolicLink},
      {"dangling", kFollow, Errno::kNoent, {}},
      {"dangling/", kNofollow, Errno::kNoent, {}},
      {"loop", kNofollow, Errno::kSuccess, Filetype::kSymbolicLink},
      {"loop", kFollow, Errno::kLoop, {}},
      {"file/", kNofollow, Errno::kNotdir, {}},
      {"none", kFollow, Errno::kNoent, {}},
      {"", kFollow, Errno::kNoent, {}},
      {"../..", kFollow, Errno::kNotcapable, {}},
      {"/", kFollow, Errno::kNotcapable, {}},
  };
  for (const auto& c : kCases) {
    const Result<Filestat> stat =
        calls().PathFilestatGet(kBox, c.lookup, Work(c.path));
    ExpectErrno(stat, c.expected, std::string(c.path));
    if (stat) EXPECT_EQ(stat->filetype, c.type) << c.path;
  }
  EXPECT_EQ(calls().PathFilestatGet(kBox, kNofollow, Work("file"))->size, 7u);
}

TEST_P(PathTest, FilestatSetTimes) {
  const auto mtim = [&](absl::string_view path, Lookupflags lookup) {
    return calls().PathFilestatGet(kBox, lookup, Work(path))->mtim;
  };
  const auto set = [&](absl::string_view path, Lookupflags lookup,
                       Timestamp time, Fstflags flags = Fstflags::kMtim) {
    return calls().PathFilestatSetTimes(kBox, lookup, Work(path), 0, time,
                                        flags);
  };
  EXPECT_THAT(set("file", kNofollow, 1000), Succeeds());
  EXPECT_EQ(mtim("file", kNofollow), 1000u);
  EXPECT_THAT(set("link", kNofollow, 2000), Succeeds());
  EXPECT_EQ(mtim("link", kNofollow), 2000u);
  EXPECT_EQ(mtim("file", kNofollow), 1000u);
  EXPECT_THAT(set("link", kFollow, 3000), Succeeds());
  EXPECT_EQ(mtim("link", kNofollow), 2000u);
  EXPECT_EQ(mtim("file", kNofollow), 3000u);
  EXPECT_THAT(set("directory_link/", kNofollow, 4000), Succeeds());
  EXPECT_EQ(mtim("empty", kNofollow), 4000u);
  EXPECT_THAT(set("file", kNofollow, 9, Fstflags::kMtim | Fstflags::kMtimNow),
              FailsWith(Errno::kInval));
  EXPECT_EQ(mtim("file", kNofollow), 3000u);
  EXPECT_THAT(set("dangling", kFollow, 9), FailsWith(Errno::kNoent));
  EXPECT_THAT(set("none", kNofollow, 9), FailsWith(Errno::kNoent));
  EXPECT_THAT(set("file/", kNofollow, 9), FailsWith(Errno::kNotdir));
}

TEST_P(PathTest, Link) {
  const struct {
    absl::string_view from, to;
    Lookupflags lookup;
    Errno expected;
  } kCases[] = {
      {"file", "new", kNofollow, Errno::kSuccess},
      {"file", "empty/new", kNofollow, Errno::kSuccess},
      {"link", "new", kNofollow, Errno::kSuccess},
      {"dangling", "new", kNofollow, Errno::kSuccess},
      {"loop", "new", kNofollow, Errno::kSuccess},
      {"link", "new", kFollow, Errno::kInval},
      {"file", "other", kNofollow, Errno::kExist},
      {"file", "file", kNofollow, Errno::kExist},
      {"file", "empty", kNofollow, Errno::kExist},
      {"file", "dangling", kNofollow, Errno::kExist},
      {"file", ".", kNofollow, Errno::kExist},
      {"file", "new/", kNofollow, Errno::kNoent},
      {"file", "empty/", kNofollow, Errno::kExist},
      {"file", "other/", kNofollow, Errno::kNotdir},
      {"file/", "new", kNofollow, Errno::kNotdir},
      {"link/", "new", kNofollow, Errno::kNotdir},
      {"empty", "new", kNofollow, Errno::kPerm},
      {"empty/", "new", kNofollow, Errno::kPerm},
      {".", "new", kNofollow, Errno::kPerm},
      {"none", "new", kNofollow, Errno::kNoent},
      {"none/", "new", kNofollow, Errno::kNoent},
      {"", "new", kNofollow, Errno::kNoent},
      {"file", "", kNofollow, Errno::kNoent},
      {"../../outside/canary", "new", kNofollow, Errno::kNotcapable},
      {"file", "../../outside/new", kNofollow, Errno::kNotcapable},
  };
  for (const auto& c : kCases) {
    Plant();
    ExpectErrno(
        calls().PathLink(kBox, c.lookup, Work(c.from), kBox, Work(c.to)),
        c.expected, absl::StrCat(c.from, " to ", c.to));
    EXPECT_EQ(fs::exists(fs::symlink_status("new")) || fs::exists("empty/new"),
              c.expected == Errno::kSuccess);
  }
  Plant();
  ASSERT_THAT(
      calls().PathLink(kBox, kNofollow, Work("file"), kBox, Work("new")),
      Succeeds());
  EXPECT_EQ(fs::hard_link_count("file"), 2u);
}

TEST_P(PathTest, Symlink) {
  const struct {
    absl::string_view target, path;
    Errno expected;
  } kCases[] = {
      {"file", "new", Errno::kSuccess},
      {"anything/at/all/", "new", Errno::kSuccess},
      {"../file", "new", Errno::kSuccess},
      {"/", "new", Errno::kNotcapable},
      {"/etc/passwd", "new", Errno::kNotcapable},
      {"", "new", Errno::kNoent},
      {absl::string_view("a\0b", 3), "new", Errno::kInval},
      {"file", "new/", Errno::kNoent},
      {"file", "other", Errno::kExist},
      {"file", "other/", Errno::kNotdir},
      {"file", "empty", Errno::kExist},
      {"file", "empty/", Errno::kExist},
      {"file", "dangling", Errno::kExist},
      {"file", ".", Errno::kExist},
      {"file", "none/new", Errno::kNoent},
      {"file", "", Errno::kNoent},
      {"file", "../../outside/new", Errno::kNotcapable},
  };
  for (const auto& c : kCases) {
    Plant();
    ExpectErrno(calls().PathSymlink(String(c.target), kBox, Work(c.path)),
                c.expected, absl::StrCat(c.path, " with ", c.target));
    if (c.expected == Errno::kSuccess) {
      EXPECT_EQ(fs::read_symlink("new"), std::string(c.target));
    } else {
      EXPECT_FALSE(fs::exists(fs::symlink_status("new")));
    }
  }
}

TEST_P(PathTest, Readlink) {
  const auto read = [&](absl::string_view path,
                        uint32_t size) -> Result<std::string> {
    const Buffer buffer = guest().NewBuffer(size);
    WASI_ASSIGN_OR_RETURN(const Size used,
                          calls().PathReadlink(kBox, Work(path), buffer));
    EXPECT_TRUE(std::all_of(buffer.bytes.begin() + used, buffer.bytes.end(),
                            [](uint8_t byte) { return byte == 0; }));
    return std::string(buffer.bytes.begin(), buffer.bytes.begin() + used);
  };
  EXPECT_EQ(read("link", 10), "file");
  EXPECT_EQ(read("link", 4), "file");
  EXPECT_EQ(read("link", 2), "fi");
  EXPECT_EQ(read("link", 0), "");
  EXPECT_EQ(read("dangling", 64), "nowhere");
  EXPECT_EQ(read("loop", 64), "loop");
  const PathCase kFailures[] = {
      {"file", Errno::kInval},       {"empty", Errno::kInval},
      {".", Errno::kInval},          {"directory_link/", Errno::kInval},
      {"link/", Errno::kNotdir},     {"dangling/", Errno::kNoent},
      {"none", Errno::kNoent},       {"", Errno::kNoent},
      {"../..", Errno::kNotcapable},
  };
  for (const PathCase& c : kFailures) {
    ExpectErrno(read(c.path, 10), c.expected, std::string(c.path));
    ExpectErrno(read(c.path, 0), c.expected, std::string(c.path));
  }
}

TEST_P(PathTest, Rename) {
  const struct {
    absl::string_view from, to;
    Errno expected;
  } kCases[] = {
      {"file", "new", Errno::kSuccess},
      {"file", "other", Errno::kSuccess},
      {"file", "dangling", Errno::kSuccess},
      {"empty", "new", Errno::kSuccess},
      {"empty/", "new", Errno::kSuccess},
      {"empty", "new/", Errno::kSuccess},
      {"empty/", "new/", Errno::kSuccess},
      {"full", "empty", Errno::kSuccess},
      {"link", "new", Errno::kSuccess},
      {"empty", "full", Errno::kNotempty},
      {"file", "empty", Errno::kIsdir},
      {"empty", "file", Errno::kNotdir},
      {"empty", "file/", Errno::kNotdir},
      {"file", "new/", Errno::kNotdir},
      {"file/", "new", Errno::kNotdir},
      {"link/", "new", Errno::kNotdir},
      {"directory_link/", "new", Errno::kNotdir},
      {"none/", "new", Errno::kNoent},
      {"none", "new", Errno::kNoent},
      {"full", "full/inner/new", Errno::kInval},
      {".", "new", Errno::kBusy},
      {"file", ".", Errno::kBusy},
      {"full/..", "new", Errno::kBusy},
      {"", "new", Errno::kNoent},
      {"file", "", Errno::kNoent},
      {"file", "../../outside/new", Errno::kNotcapable},
      {"../../outside/canary", "new", Errno::kNotcapable},
  };
  for (const auto& c : kCases) {
    Plant();
    const std::string from(c.from.substr(0, c.from.find('/')));
    ExpectErrno(calls().PathRename(kBox, Work(c.from), kBox, Work(c.to)),
                c.expected, absl::StrCat(c.from, " to ", c.to));
    if (c.expected == Errno::kSuccess) {
      EXPECT_FALSE(fs::exists(fs::symlink_status(from))) << c.from;
    }
  }
}

TEST_P(PathTest, EveryCallNeedsItsRight) {
  const Fd fd = MustOpen(".", kDirectoryRights);
  ASSERT_THAT(calls().FdFdstatSetRights(fd, Rights::kNone, Rights::kNone),
              Succeeds());
  const auto incapable = FailsWith(Errno::kNotcapable);
  Preview1& c = calls();
  EXPECT_THAT(c.PathCreateDirectory(fd, Work("new")), incapable);
  EXPECT_THAT(c.PathFilestatGet(fd, kNofollow, Work("file")), incapable);
  EXPECT_THAT(c.PathFilestatSetTimes(fd, kNofollow, Work("file"), 0, 0,
                                     Fstflags::kMtim),
              incapable);
  EXPECT_THAT(c.PathLink(fd, kNofollow, Work("file"), kBox, Work("new")),
              incapable);
  EXPECT_THAT(c.PathLink(kBox, kNofollow, Work("file"), fd, Work("new")),
              incapable);
  EXPECT_THAT(c.PathReadlink(fd, Work("link"), {}), incapable);
  EXPECT_THAT(c.PathRemoveDirectory(fd, Work("empty")), incapable);
  EXPECT_THAT(c.PathRename(fd, Work("file"), kBox, Work("new")), incapable);
  EXPECT_THAT(c.PathRename(kBox, Work("file"), fd, Work("new")), incapable);
  EXPECT_THAT(c.PathSymlink(Work("file"), fd, Work("new")), incapable);
  EXPECT_THAT(c.PathUnlinkFile(fd, Work("file")), incapable);
}

TEST_P(PathTest, NothingChangesAReadOnlyDirectory) {
  const Fd fd = kReadOnlyBox;
  const auto rofs = FailsWith(Errno::kRofs);
  Preview1& c = calls();
  EXPECT_THAT(c.PathCreateDirectory(fd, Work("new")), rofs);
  EXPECT_THAT(c.PathFilestatSetTimes(fd, kNofollow, Work("file"), 0, 0,
                                     Fstflags::kMtim),
              rofs);
  // Neither as the source nor as the target, with a directory that can be
  // changed on the other side.
  EXPECT_THAT(c.PathLink(fd, kNofollow, Work("file"), kBox, Work("new")), rofs);
  EXPECT_THAT(c.PathLink(kBox, kNofollow, Work("file"), fd, Work("new")), rofs);
  EXPECT_THAT(c.PathRename(fd, Work("file"), kBox, Work("new")), rofs);
  EXPECT_THAT(c.PathRename(kBox, Work("file"), fd, Work("new")), rofs);
  EXPECT_THAT(c.PathRemoveDirectory(fd, Work("empty")), rofs);
  EXPECT_THAT(c.PathSymlink(Work("file"), fd, Work("new")), rofs);
  EXPECT_THAT(c.PathUnlinkFile(fd, Work("file")), rofs);
  // Looking is allowed.
  EXPECT_THAT(c.PathFilestatGet(fd, kNofollow, Work("file")), Succeeds());
  EXPECT_THAT(c.PathReadlink(fd, Work("link"), guest().NewBuffer(4)),
              Succeeds());
  EXPECT_FALSE(fs::exists("new"));
  EXPECT_TRUE(fs::exists("file"));
}

INSTANTIATE_WITH_RESOLVERS(PathTest);

}  // namespace
}  // namespace wasijit::wasi
