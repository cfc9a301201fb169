// That no path leads out of the directory that a guest was given: every call
// that takes a path, with every kind of link that the host or another program
// may have left in the directory, spelled in every way; and while somebody
// exchanges directories for links.
#include "wasi/path_resolver.h"

#include <linux/fs.h>
#include <sys/syscall.h>

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

// Everything that can be seen of a file.
struct Snapshot {
  explicit Snapshot(const fs::path& path) {
    struct stat stat;
    EXPECT_EQ(lstat(path.c_str(), &stat), 0);
    inode = stat.st_ino;
    mode = stat.st_mode;
    links = stat.st_nlink;
    modified = {stat.st_mtim.tv_sec, stat.st_mtim.tv_nsec};
    changed = {stat.st_ctim.tv_sec, stat.st_ctim.tv_nsec};
    if (S_ISREG(stat.st_mode)) content = Sandbox::ReadFile(path);
  }
  friend bool operator==(const Snapshot&, const Snapshot&) = default;

  ino_t inode;
  mode_t mode;
  nlink_t links;
  std::pair<time_t, long> modified, changed;
  std::string content;
};

std::map<std::string, Snapshot> SnapshotTree(const fs::path& root) {
  std::map<std::string, Snapshot> tree = {{".", Snapshot(root)}};
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    tree.emplace(entry.path().string(), Snapshot(entry.path()));
  }
  return tree;
}

class PathResolverTest : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    fs::create_directory(outside() / "empty");
    fs::create_symlink("canary", outside() / "canary_link");
    for (const auto& [path, snapshot] : SnapshotTree(outside())) {
      forbidden_.insert(snapshot.inode);
    }
    forbidden_.insert(Snapshot(box().parent_path()).inode);
  }

  // The name of a link in the box and where it leads.
  std::vector<std::pair<std::string, std::string>> Links() const {
    const std::string absolute = outside();
    return {
        {"directory", "../outside"},
        {"directory_slash", "../outside/"},
        {"empty", "../outside/empty"},
        {"absolute", absolute},
        {"absolute_file", absolute + "/canary"},
        {"file", "../outside/canary"},
        {"file_link", "../outside/canary_link"},
        {"new", "../outside/new"},
        {"new_slash", "../outside/new/"},
        {"up", ".."},
        {"up_slash", "../"},
        {"through", "inner/../../outside"},
        {"chain", "directory"},
        {"chain_slash", "directory/"},
        {"root", "/"},
        {"self", "."},
        {"loop", "loop"},
        {"magic", "/proc/self/cwd"},
    };
  }

  void Plant() {
    for (const auto& entry : fs::directory_iterator(box())) {
      fs::remove_all(entry.path());
    }
    fs::create_directory(box() / "inner");
    Sandbox::WriteFile(box() / "plain", "inside");
    for (const auto& [name, target] : Links()) {
      fs::create_symlink(target, box() / name);
    }
  }

  void ExpectInside(const Result<Filestat>& stat, const std::string& what) {
    if (stat) EXPECT_FALSE(forbidden_.contains(stat->ino)) << what;
  }
  void ExpectInside(const Result<Fd>& fd, const std::string& what) {
    if (!fd) return;
    ExpectInside(calls().FdFilestatGet(*fd), what);
    EXPECT_THAT(calls().FdClose(*fd), Succeeds());
  }

  // Makes every call that takes a path.
  void Attack(const std::string& path) {
    GuestArena arena;
    const GuestString at = arena.String(path);
    const GuestString plain = arena.String("plain");
    for (const auto lookup :
         {Lookupflags::kNone, Lookupflags::kSymlinkFollow}) {
      ExpectInside(calls().PathFilestatGet(kBox, lookup, at), path);
      (void)calls().PathFilestatSetTimes(kBox, lookup, at, 1, 1,
                                         Fstflags::kAtim | Fstflags::kMtim);
      for (const auto oflags :
           {Oflags::kNone, Oflags::kDirectory, Oflags::kCreat, Oflags::kTrunc,
            Oflags::kCreat | Oflags::kExcl, Oflags::kCreat | Oflags::kTrunc}) {
        for (const auto rights :
             {Rights::kFdFilestatGet,
              Rights::kFdFilestatGet | Rights::kFdRead | Rights::kFdWrite}) {
          ExpectInside(calls().PathOpen(kBox, lookup, at, oflags, rights,
                                        Rights::kNone, Fdflags::kNone),
                       path);
        }
      }
      (void)calls().PathLink(kBox, lookup, at, kBox, arena.String("stolen"));
      ExpectInside(calls().PathFilestatGet(kBox, Lookupflags::kSymlinkFollow,
                                           arena.String("stolen")),
                   path);
      (void)calls().PathLink(kBox, lookup, plain, kBox, at);
    }
    (void)calls().PathReadlink(kBox, at, arena.NewBuffer(64));
    (void)calls().PathSymlink(plain, kBox, at);
    (void)calls().PathCreateDirectory(kBox, at);
    (void)calls().PathRename(kBox, at, kBox, arena.String("moved"));
    Plant();
    (void)calls().PathRename(kBox, plain, kBox, at);
    Plant();
    (void)calls().PathUnlinkFile(kBox, at);
    Plant();
    (void)calls().PathRemoveDirectory(kBox, at);
    Plant();
  }

  std::set<ino_t> forbidden_;
};

TEST_P(PathResolverTest, NoPathLeadsOut) {
  Plant();
  std::vector<std::string> paths;
  for (const auto& [name, target] : Links()) {
    for (const char* suffix :
         {"", "/", "//", "/.", "/./", "/..", "/../", "/canary", "/canary/",
          "/new", "/new/", "/empty", "/empty/", "/../outside/canary"}) {
      for (const char* prefix : {"", "inner/../self/"}) {
        paths.push_back(absl::StrCat(prefix, name, suffix));
      }
    }
  }
  for (const char* path :
       {"..", "../", "../outside", "../outside/canary", "../outside/new",
        "inner/../..", "inner/../../outside/canary", "/", "//", "/etc/passwd",
        "../box/plain", "inner/../../box/plain", "./../outside/canary"}) {
    paths.push_back(path);
  }
  paths.push_back(outside().string() + "/canary");
  const auto before = SnapshotTree(outside());
  for (const std::string& path : paths) {
    Attack(path);
    ASSERT_EQ(SnapshotTree(outside()), before) << path;
  }
}

TEST_P(PathResolverTest, LinksWithinTheBoxAreFollowed) {
  fs::create_directories(box() / "a" / "b");
  Sandbox::WriteFile(box() / "a" / "b" / "file", "inside");
  const struct {
    const char* target;
    const char* suffix;
  } kCases[] = {
      {"a/b/file", ""},      {"a", "/b/file"},     {"a/", "/b/file"},
      {"a/b/../b", "/file"}, {"./a/./b", "/file"}, {"a/b", "/../b/file"},
      {"../box/a", nullptr},  // Out and in again is out.
  };
  for (const auto& c : kCases) {
    fs::remove(box() / "link");
    fs::create_symlink(c.target, box() / "link");
    if (c.suffix == nullptr) {
      EXPECT_THAT(Open("link/b/file"), FailsWith(Errno::kNotcapable));
      continue;
    }
    EXPECT_EQ(ReadText(MustOpen(absl::StrCat("link", c.suffix))), "inside")
        << c.target;
  }
}

TEST_P(PathResolverTest, FortyLinksAreTheMost) {
  Sandbox::WriteFile(box() / "link0", "inside");
  for (int i = 1; i <= 41; ++i) {
    fs::create_symlink(absl::StrCat("link", i - 1),
                       box() / absl::StrCat("link", i));
  }
  EXPECT_THAT(Open("link40"), Succeeds());
  EXPECT_THAT(Open("link41"), FailsWith(Errno::kLoop));
}

// Exchanges a directory with a link to the outside as fast as possible while
// the guest goes through it.
TEST_P(PathResolverTest, ExchangedLinksAreNotFollowed) {
  fs::create_directory(box() / "swap");
  Sandbox::WriteFile(box() / "swap" / "canary", "inside");
  fs::create_symlink("../outside", box() / "link");
  const auto before = SnapshotTree(outside());
  const HostFile root =
      HostFile::Own(open(box().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::atomic<bool> done = false;
  std::thread attacker([&] {
    while (!done) {
      syscall(SYS_renameat2, root.fd(), "swap", root.fd(), "link",
              RENAME_EXCHANGE);
    }
  });
  constexpr Rights kRights =
      Rights::kFdRead | Rights::kFdWrite | Rights::kFdFilestatGet;
  GuestArena arena;
  const GuestString canary = arena.String("swap/canary");
  const GuestString created = arena.String("swap/../swap/new");
  const Iovecs buffer = arena.NewIovecs({16});
  int reached = 0;
  for (int i = 0; i < 4000; ++i) {
    if (const auto fd = calls().PathOpen(kBox, Lookupflags::kSymlinkFollow,
                                         canary, Oflags::kNone, kRights,
                                         Rights::kNone, Fdflags::kNone)) {
      ++reached;
      const Size size = calls().FdRead(*fd, buffer).value_or(0);
      ASSERT_EQ(GuestArena::Text(buffer, size), "inside");
      (void)calls().FdClose(*fd);
    }
    ExpectInside(
        calls().PathFilestatGet(kBox, Lookupflags::kSymlinkFollow, canary),
        "swap/canary");
    ExpectInside(calls().PathOpen(kBox, Lookupflags::kSymlinkFollow, created,
                                  Oflags::kCreat, kRights, Rights::kNone,
                                  Fdflags::kNone),
                 "swap/../swap/new");
    (void)calls().PathFilestatSetTimes(kBox, Lookupflags::kSymlinkFollow,
                                       canary, 1, 1, Fstflags::kMtim);
    (void)calls().PathUnlinkFile(kBox, created);
  }
  done = true;
  attacker.join();
  EXPECT_GT(reached, 0);
  EXPECT_EQ(SnapshotTree(outside()), before);
}

INSTANTIATE_WITH_RESOLVERS(PathResolverTest);

TEST(PathTextTest, IsCopiedAndChecked) {
  const struct {
    absl::string_view text;
    Errno expected;
    absl::string_view copy;
    bool must_be_directory;
  } kCases[] = {
      {"a", Errno::kSuccess, "a", false},
      {"a/", Errno::kSuccess, "a", true},
      {"a//b///", Errno::kSuccess, "a//b", true},
      {"./", Errno::kSuccess, ".", true},
      {"", Errno::kNoent, "", false},
      {"/", Errno::kNotcapable, "", false},
      {"/a", Errno::kNotcapable, "", false},
      {absl::string_view("a\0", 2), Errno::kInval, "", false},
      {absl::string_view("\0", 1), Errno::kInval, "", false},
  };
  for (const auto& c : kCases) {
    const Result<Path> path = Path::Copy(c.text);
    if (c.expected != Errno::kSuccess) {
      EXPECT_THAT(path, FailsWith(c.expected)) << c.text;
      continue;
    }
    ASSERT_THAT(path, Succeeds());
    EXPECT_EQ(path->text(), c.copy);
    EXPECT_STREQ(path->c_str(), std::string(c.copy).c_str());
    EXPECT_EQ(path->must_be_directory(), c.must_be_directory);
  }
  EXPECT_THAT(Path::Copy(std::string(kMaxPath, 'x')), Succeeds());
  EXPECT_THAT(Path::Copy(std::string(kMaxPath + 1, 'x')),
              FailsWith(Errno::kNametoolong));
  EXPECT_EQ(Path::CopyTarget("a//")->text(), "a//");
}

TEST(FindLeafTest, SplitsOffTheLastName) {
  Sandbox sandbox;
  fs::create_directories(sandbox.box() / "a" / "b");
  const HostFile root = HostFile::Own(
      open(sandbox.box().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const struct {
    const char* path;
    const char* name;
    bool in_root;
    bool must_be_directory;
  } kCases[] = {
      {"x", "x", true, false},       {"x//", "x", true, true},
      {"a/x", "x", false, false},    {"a//b//x/", "x", false, true},
      {"a/../x", "x", false, false}, {"...", "...", true, false},
  };
  for (const auto method :
       {PathResolver::Method::kOpenat2, PathResolver::Method::kWalk}) {
    const PathResolver resolver(method);
    for (const auto& c : kCases) {
      Result<Path> path = Path::Copy(c.path);
      const Result<Leaf> leaf =
          resolver.FindLeaf(root.fd(), *path, Errno::kBusy);
      ASSERT_THAT(leaf, Succeeds()) << c.path;
      EXPECT_STREQ(leaf->name, c.name);
      EXPECT_EQ(leaf->directory == root.fd(), c.in_root);
      EXPECT_EQ(leaf->must_be_directory, c.must_be_directory);
    }
    const std::pair<const char*, Errno> kDots[] = {
        {".", Errno::kBusy},
        {"a/..", Errno::kBusy},
        {"a/b/../", Errno::kBusy},
        {"..", Errno::kNotcapable},
        {"a/../..", Errno::kNotcapable},
        {"x/.", Errno::kNoent},
    };
    for (const auto& [text, expected] : kDots) {
      Result<Path> path = Path::Copy(text);
      EXPECT_THAT(resolver.FindLeaf(root.fd(), *path, Errno::kBusy),
                  FailsWith(expected))
          << text;
    }
  }
}

}  // namespace
}  // namespace wasijit::wasi
