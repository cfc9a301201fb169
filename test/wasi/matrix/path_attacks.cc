// Paths that try to leave a directory, while nothing moves and while another
// thread renames and links.
//
// Beside the guest's directory lies another. Whatever the guest does, that one
// keeps its bytes, its files and their times. Both resolvers must not only keep
// it so: they must say the same, too.
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

// Everything about a tree that a guest could change.
using Snapshot = std::map<std::string, std::string>;

std::string Describe(const struct stat& stat) {
  return absl::StrFormat("%d/%o/%d/%d %d.%09d %d.%09d %d.%09d", stat.st_ino,
                         stat.st_mode, stat.st_nlink, stat.st_size,
                         stat.st_atim.tv_sec, stat.st_atim.tv_nsec,
                         stat.st_mtim.tv_sec, stat.st_mtim.tv_nsec,
                         stat.st_ctim.tv_sec, stat.st_ctim.tv_nsec);
}

Snapshot SnapshotOf(const fs::path& root) {
  Snapshot snapshot;
  std::vector<fs::path> pending = {root};
  while (!pending.empty()) {
    const fs::path path = pending.back();
    pending.pop_back();
    struct stat stat;
    EXPECT_EQ(lstat(path.c_str(), &stat), 0) << path;
    // Before looking inside, which sets times.
    snapshot[path] = Describe(stat);
    if (S_ISDIR(stat.st_mode)) {
      for (const auto& entry : fs::directory_iterator(path)) {
        pending.push_back(entry.path());
      }
    }
  }
  return snapshot;
}

std::set<uint64_t> InodesOf(const fs::path& root) {
  std::set<uint64_t> inodes;
  struct stat stat;
  lstat(root.c_str(), &stat);
  inodes.insert(stat.st_ino);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    lstat(entry.path().c_str(), &stat);
    inodes.insert(stat.st_ino);
  }
  return inodes;
}

// A tree for a guest, and what is none of its business.
class Attacked {
 public:
  explicit Attacked(PathResolver::Method method) {
    fs::create_directory(outside() / "sub");
    Sandbox::WriteFile(outside() / "sub" / "deep", "untouched");
    fs::create_symlink("canary", outside() / "link");
    // Directories are read by the look at them: times as they will stay.
    SnapshotOf(outside());
    ContextOptions options;
    options.stdin_fd = options.stdout_fd = options.stderr_fd = -1;
    options.preopens = {{.guest = "/", .host = box()}};
    options.resolution = method;
    calls_ = std::make_unique<Preview1>(*Context::Create(options));
  }

  fs::path box() const { return sandbox_.box(); }
  fs::path outside() const { return sandbox_.outside(); }
  Preview1& calls() { return *calls_; }

  // Everything that a name may be.
  void Plant() const {
    for (const auto& entry : fs::directory_iterator(box())) {
      fs::remove_all(entry.path());
    }
    Sandbox::WriteFile(box() / "file", "inside");
    fs::create_directory(box() / "directory");
    Sandbox::WriteFile(box() / "directory" / "inner", "inner");
    fs::create_directory(box() / "empty");
    const std::pair<const char*, const char*> kLinks[] = {
        {"link_to_file", "file"},
        {"link_to_directory", "directory"},
        {"link_to_directory_slash", "directory/"},
        {"link_out", "../outside"},
        {"link_out_slash", "../outside/"},
        {"link_out_file", "../outside/canary"},
        {"link_out_file_slash", "../outside/canary/"},
        {"link_out_link", "../outside/link"},
        {"link_up", ".."},
        {"link_up_slash", "../"},
        {"link_dangling", "none"},
        {"link_dangling_out", "../outside/none"},
        {"link_loop", "link_loop"},
        {"link_chain", "link_out_slash"},
        {"link_back", "directory/../../box/file"},
    };
    for (const auto& [name, target] : kLinks) {
      fs::create_symlink(target, box() / name);
    }
    fs::create_symlink(outside(), box() / "link_absolute");
    fs::create_symlink("/", box() / "link_root");
  }

 private:
  Sandbox sandbox_;
  std::unique_ptr<Preview1> calls_;
};

constexpr const char* kNames[] = {"file",
                                  "directory",
                                  "empty",
                                  "none",
                                  "link_to_file",
                                  "link_to_directory",
                                  "link_to_directory_slash",
                                  "link_out",
                                  "link_out_slash",
                                  "link_out_file",
                                  "link_out_file_slash",
                                  "link_out_link",
                                  "link_up",
                                  "link_up_slash",
                                  "link_dangling",
                                  "link_dangling_out",
                                  "link_loop",
                                  "link_chain",
                                  "link_back",
                                  "link_absolute",
                                  "link_root"};

// %s is the name.
constexpr const char* kForms[] = {"%s",
                                  "%s/",
                                  "%s//",
                                  "%s/.",
                                  "%s/./",
                                  "%s/..",
                                  "%s/../",
                                  "%s/canary",
                                  "%s/sub/deep",
                                  "%s/sub/../canary",
                                  "/%s",
                                  "../%s",
                                  "../box/%s",
                                  "../outside/%s",
                                  "./%s",
                                  "directory/../%s",
                                  "directory/../../outside/%s",
                                  "%s/outside/canary",
                                  "%s/../outside/canary"};

// What became of a call, for comparison: the error, or what was found.
struct Effect {
  Errno error = Errno::kSuccess;
  // The file that the call is about, if it says.
  uint64_t inode = 0;
};

Effect Of(const Result<void>& result) {
  return {.error = result ? Errno::kSuccess : result.error()};
}

// A way to use a path.
struct Attack {
  const char* name;
  std::function<Effect(Attacked& world, GuestArena& arena,
                       const std::string& path)>
      run;

  friend void PrintTo(const Attack& attack, std::ostream* out) {
    *out << attack.name;
  }
};

constexpr Fd kBox = Fd{3};

Effect OpenAndLook(Attacked& world, GuestArena& arena, const std::string& path,
                   Lookupflags lookup, Oflags oflags, Rights rights) {
  Preview1& calls = world.calls();
  const Result<Fd> fd = calls.PathOpen(kBox, lookup, arena.String(path), oflags,
                                       rights, Rights::kNone, Fdflags::kNone);
  if (!fd) return {.error = fd.error()};
  const Result<Filestat> stat = calls.FdFilestatGet(*fd);
  if (HasAny(rights, Rights::kFdWrite)) {
    (void)calls.FdWrite(*fd, arena.NewCiovecs({"evil"}));
  }
  (void)calls.FdClose(*fd);
  return {.inode = stat ? stat->ino : 0};
}

Effect Stat(Attacked& world, GuestArena& arena, const std::string& path,
            Lookupflags lookup) {
  const Result<Filestat> stat =
      world.calls().PathFilestatGet(kBox, lookup, arena.String(path));
  if (!stat) return {.error = stat.error()};
  return {.inode = stat->ino};
}

constexpr Rights kLook = Rights::kFdRead | Rights::kFdFilestatGet;
constexpr Rights kChange = kLook | Rights::kFdWrite;
constexpr auto kFollow = Lookupflags::kSymlinkFollow;
constexpr auto kStay = Lookupflags::kNone;

#define ATTACK(name, expression)                                               \
  {name,                                                                       \
   [](Attacked& world, GuestArena& arena, const std::string& path) -> Effect { \
     return expression;                                                        \
   }}

const Attack kAttacks[] = {
    ATTACK("open",
           OpenAndLook(world, arena, path, kFollow, Oflags::kNone, kLook)),
    ATTACK("open without following",
           OpenAndLook(world, arena, path, kStay, Oflags::kNone, kLook)),
    ATTACK("open a directory",
           OpenAndLook(world, arena, path, kFollow, Oflags::kDirectory, kLook)),
    ATTACK("open to write",
           OpenAndLook(world, arena, path, kFollow, Oflags::kNone, kChange)),
    ATTACK("create",
           OpenAndLook(world, arena, path, kFollow, Oflags::kCreat, kChange)),
    ATTACK("create without following",
           OpenAndLook(world, arena, path, kStay, Oflags::kCreat, kChange)),
    ATTACK("create exclusively",
           OpenAndLook(world, arena, path, kFollow,
                       Oflags::kCreat | Oflags::kExcl, kChange)),
    ATTACK("truncate",
           OpenAndLook(world, arena, path, kFollow, Oflags::kTrunc, kLook)),
    ATTACK("stat", Stat(world, arena, path, kFollow)),
    ATTACK("stat without following", Stat(world, arena, path, kStay)),
    ATTACK("set times", Of(world.calls().PathFilestatSetTimes(
                            kBox, kFollow, arena.String(path), 1, 1,
                            Fstflags::kAtim | Fstflags::kMtim))),
    ATTACK("set times without following",
           Of(world.calls().PathFilestatSetTimes(
               kBox, kStay, arena.String(path), 1, 1,
               Fstflags::kAtim | Fstflags::kMtim))),
    ATTACK("create a directory",
           Of(world.calls().PathCreateDirectory(kBox, arena.String(path)))),
    ATTACK("remove a directory",
           Of(world.calls().PathRemoveDirectory(kBox, arena.String(path)))),
    ATTACK("unlink",
           Of(world.calls().PathUnlinkFile(kBox, arena.String(path)))),
    ATTACK("link from",
           Of(world.calls().PathLink(kBox, kStay, arena.String(path), kBox,
                                     arena.String("new")))),
    ATTACK("link to",
           Of(world.calls().PathLink(kBox, kStay, arena.String("file"), kBox,
                                     arena.String(path)))),
    ATTACK("rename from",
           Of(world.calls().PathRename(kBox, arena.String(path), kBox,
                                       arena.String("new")))),
    ATTACK("rename to", Of(world.calls().PathRename(kBox, arena.String("file"),
                                                    kBox, arena.String(path)))),
    ATTACK("rename a directory to",
           Of(world.calls().PathRename(kBox, arena.String("empty"), kBox,
                                       arena.String(path)))),
    ATTACK("make a link", Of(world.calls().PathSymlink(
                              arena.String("file"), kBox, arena.String(path)))),
    {"read a link",
     [](Attacked& world, GuestArena& arena, const std::string& path) -> Effect {
       const Result<Size> size = world.calls().PathReadlink(
           kBox, arena.String(path), arena.NewBuffer(64));
       return {.error = size ? Errno::kSuccess : size.error()};
     }},
};

// Of a guest's tree: names, types and contents, which both resolvers must leave
// alike.
std::string ContentsOf(const fs::path& root) {
  std::set<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().lexically_relative(root);
    if (entry.is_symlink()) {
      lines.insert(absl::StrCat(name, " -> link"));
    } else if (entry.is_directory()) {
      lines.insert(absl::StrCat(name, "/"));
    } else {
      lines.insert(absl::StrCat(name, "=", Sandbox::ReadFile(entry.path())));
    }
  }
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

static_assert(std::size(kAttacks) * std::size(kNames) * std::size(kForms) >=
              600);

// One way to use every path.
class PathAttacks : public testing::TestWithParam<Attack> {};

TEST_P(PathAttacks, NoneLeavesTheDirectoryAndResolversAgree) {
  const Attack& attack = GetParam();
  Attacked openat2(PathResolver::Method::kOpenat2);
  Attacked walk(PathResolver::Method::kWalk);
  struct Side {
    Attacked& world;
    Snapshot before;
    std::set<uint64_t> inodes;
    // Of the guest's directory, after the last case.
    std::string contents = {};
  };
  Side sides[] = {
      {openat2, SnapshotOf(openat2.outside()), InodesOf(openat2.outside())},
      {walk, SnapshotOf(walk.outside()), InodesOf(walk.outside())}};
  std::string planted = "not yet";
  int cases = 0;
  for (const char* name : kNames) {
    for (const char* form : kForms) {
      std::string path = form;
      path.replace(path.find("%s"), 2, name);
      SCOPED_TRACE(absl::StrCat(attack.name, " ", path));
      Errno errors[2];
      for (int i = 0; i < 2; ++i) {
        Side& side = sides[i];
        // Anew, if the case before has changed something.
        if (side.contents != planted) {
          side.world.Plant();
          planted = ContentsOf(side.world.box());
        }
        GuestArena arena;
        const Effect effect = attack.run(side.world, arena, path);
        ASSERT_FALSE(side.inodes.contains(effect.inode)) << "reached out";
        ASSERT_EQ(SnapshotOf(side.world.outside()), side.before);
        errors[i] = effect.error;
        side.contents = ContentsOf(side.world.box());
      }
      EXPECT_EQ(errors[0], errors[1]) << "openat2, then the walker";
      EXPECT_EQ(sides[0].contents, sides[1].contents);
      // What is outside by its spelling is refused as such.
      if (absl::string_view(form)[0] == '/' ||
          absl::string_view(form).substr(0, 2) == "..") {
        EXPECT_EQ(errors[0], Errno::kNotcapable);
      }
      cases += 2;
    }
  }
  for (const Side& side : sides) {
    EXPECT_EQ(Sandbox::ReadFile(side.world.outside() / "canary"), "untouched");
    EXPECT_EQ(Sandbox::ReadFile(side.world.outside() / "sub" / "deep"),
              "untouched");
  }
  RecordProperty("cases", cases);
  std::printf("%d cases\n", cases);
}

INSTANTIATE_TEST_SUITE_P(Uses, PathAttacks, testing::ValuesIn(kAttacks),
                         [](const testing::TestParamInfo<Attack>& info) {
                           std::string name = info.param.name;
                           for (char& c : name) {
                             if (c == ' ') c = '_';
                           }
                           return name;
                         });

// How long the race is run: a moment, unless the environment asks for more.
std::chrono::duration<double> RaceTime() {
  const char* const seconds = std::getenv("WASIJIT_RACE_SECONDS");
  return std::chrono::duration<double>(seconds == nullptr ? 2
                                                          : std::atof(seconds));
}

// What an attacker does from outside: exchanges directories for links under
// the same name, moves them up and down, and makes links anew.
class Renamers {
 public:
  explicit Renamers(const Attacked& world)
      : box_(world.box()), outside_(world.outside()) {
    threads_.emplace_back(
        [this] { Repeat([this] { Exchange("swap", "swap_link"); }); });
    threads_.emplace_back(
        [this] { Repeat([this] { Exchange("deep/a", "deep/a_link"); }); });
    threads_.emplace_back([this] {
      // A directory through which ".." leads elsewhere once it is moved.
      Repeat([this] {
        ::rename((box_ / "deep/b/c").c_str(), (box_ / "c").c_str());
        ::rename((box_ / "c").c_str(), (box_ / "deep/b/c").c_str());
      });
    });
    threads_.emplace_back([this] {
      Repeat([this] {
        const fs::path name = box_ / "flicker";
        ::unlink(name.c_str());
        ::symlink("../outside/canary", name.c_str());
        ::unlink(name.c_str());
        ::symlink("../outside", name.c_str());
        ::unlink(name.c_str());
        ::link((box_ / "file").c_str(), name.c_str());
      });
    });
  }
  ~Renamers() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Repeat(const std::function<void()>& action) const {
    while (!over_) action();
  }
  void Exchange(const char* a, const char* b) const {
    renameat2(AT_FDCWD, (box_ / a).c_str(), AT_FDCWD, (box_ / b).c_str(),
              RENAME_EXCHANGE);
  }

  const fs::path box_;
  const fs::path outside_;
  std::atomic<bool> over_ = false;
  std::vector<std::thread> threads_;
};

void PlantForRace(const Attacked& world) {
  const fs::path box = world.box();
  Sandbox::WriteFile(box / "file", "inside");
  // The same names as outside, so that a resolver that is led astray finds
  // what it looks for.
  for (const char* directory : {"swap", "deep/a", "deep/b/c"}) {
    fs::create_directories(box / directory / "sub");
    Sandbox::WriteFile(box / directory / "canary", "inside");
    Sandbox::WriteFile(box / directory / "sub" / "deep", "inside");
  }
  fs::create_symlink("../outside", box / "swap_link");
  fs::create_symlink("../../outside", box / "deep/a_link");
}

class RenameRace : public testing::TestWithParam<PathResolver::Method> {};

TEST_P(RenameRace, NothingOutsideIsReached) {
  constexpr const char* kPaths[] = {"swap/canary",
                                    "swap/sub/deep",
                                    "swap/sub/../canary",
                                    "deep/a/canary",
                                    "deep/a/sub/deep",
                                    "deep/a/../a/canary",
                                    "deep/b/c/../c/canary",
                                    "deep/b/c/sub/../../c/canary",
                                    "deep/b/c/../../../outside/canary",
                                    "flicker",
                                    "flicker/",
                                    "flicker/canary",
                                    "swap/new",
                                    "deep/a/new",
                                    "swap/../swap/sub/../new",
                                    "swap",
                                    "swap/",
                                    "deep/a",
                                    "deep/a/."};
  Attacked world(GetParam());
  PlantForRace(world);
  const Snapshot before = SnapshotOf(world.outside());
  const std::set<uint64_t> inodes = InodesOf(world.outside());
  uint64_t attacks = 0;
  uint64_t successes = 0;
  {
    const Renamers renamers(world);
    const auto end = std::chrono::steady_clock::now() + RaceTime();
    while (std::chrono::steady_clock::now() < end) {
      for (const Attack& attack : kAttacks) {
        for (const char* path : kPaths) {
          GuestArena arena;
          const Effect effect = attack.run(world, arena, path);
          ++attacks;
          if (effect.error == Errno::kSuccess) ++successes;
          ASSERT_FALSE(inodes.contains(effect.inode))
              << attack.name << " " << path << " reached out";
          ASSERT_NE(effect.error, Errno::kIo) << attack.name << " " << path;
        }
      }
      // What the guest has removed is put back.
      for (const char* directory : {"swap", "deep/a", "deep/b/c"}) {
        std::error_code ignored;
        fs::create_directories(world.box() / directory / "sub", ignored);
      }
      Sandbox::WriteFile(world.box() / "file", "inside");
      ASSERT_EQ(SnapshotOf(world.outside()), before);
    }
  }
  EXPECT_EQ(SnapshotOf(world.outside()), before);
  EXPECT_EQ(Sandbox::ReadFile(world.outside() / "canary"), "untouched");
  EXPECT_GT(successes, 0u);
  std::printf("%llu attacks, %llu calls succeeded\n",
              static_cast<unsigned long long>(attacks),
              static_cast<unsigned long long>(successes));
}

INSTANTIATE_WITH_RESOLVERS(RenameRace);

}  // namespace
}  // namespace wasijit::wasi
