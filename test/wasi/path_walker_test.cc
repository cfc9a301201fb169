// That the walker and openat2 answer alike.
#include "wasi/path_walker.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "test/wasi/sandbox.h"
#include "wasi/path_resolver.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

class PathWalkerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (PathResolver::PreferredMethod() != PathResolver::Method::kOpenat2) {
      GTEST_SKIP() << "this system has no openat2 to compare with";
    }
    root_ = HostFile::Own(
        open(sandbox_.box().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  fs::path box() const { return sandbox_.box(); }

  // The inode that was opened, or the error.
  Result<ino_t> Open(PathResolver::Method method, const std::string& text,
                     bool follow, int flags) {
    const Result<Path> path = Path::Copy(text);
    WASI_RETURN_IF_ERROR(path);
    WASI_ASSIGN_OR_RETURN(
        const HostFile file,
        PathResolver(method).Open(root_.fd(), *path, follow, flags, 0600));
    struct stat stat;
    EXPECT_EQ(fstat(file.fd(), &stat), 0);
    return stat.st_ino;
  }

  void ExpectAlike(const std::string& path, bool follow, int flags) {
    const auto first =
        Open(PathResolver::Method::kOpenat2, path, follow, flags);
    const auto second = Open(PathResolver::Method::kWalk, path, follow, flags);
    EXPECT_EQ(first.has_value(), second.has_value())
        << path << " " << follow << " " << flags;
    if (first && second) {
      EXPECT_EQ(*first, *second) << path;
    } else if (!first && !second) {
      EXPECT_EQ(first.error(), second.error())
          << path << " " << follow << " " << flags;
    }
  }

  HostFile root_;

 private:
  Sandbox sandbox_;
};

TEST_F(PathWalkerTest, RandomTreesAndPathsAreAlike) {
  std::mt19937 random(7);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const std::vector<std::string> kNames = {"a", "b", "c", "l", "m", "n", "o"};
  std::vector<std::string> components = kNames;
  for (const char* extra : {".", "..", "..", "", "nothing"}) {
    components.push_back(extra);
  }
  const auto make_path = [&](size_t most) {
    std::string path = pick(components);
    for (size_t i = random() % most; i > 0; --i) {
      absl::StrAppend(&path, "/", pick(components));
    }
    return path;
  };
  for (int tree = 0; tree < 25; ++tree) {
    for (const auto& entry : fs::directory_iterator(box())) {
      fs::remove_all(entry.path());
    }
    std::vector<fs::path> directories = {box()};
    for (int i = 0; i < 12; ++i) {
      const fs::path path =
          directories[random() % directories.size()] / pick(kNames);
      if (fs::exists(fs::symlink_status(path))) continue;
      switch (random() % 4) {
        case 0:
          Sandbox::WriteFile(path, "x");
          break;
        case 1:
          fs::create_directory(path);
          directories.push_back(path);
          break;
        default: {
          const std::string target = make_path(4);
          fs::create_symlink(target.empty() ? "." : target, path);
        }
      }
    }
    for (int i = 0; i < 400; ++i) {
      const std::string path = make_path(6);
      for (const bool follow : {false, true}) {
        for (const int flags : {O_RDONLY, O_PATH, O_RDWR, O_PATH | O_DIRECTORY,
                                O_RDONLY | O_DIRECTORY}) {
          ExpectAlike(path, follow, flags);
        }
      }
    }
    // What is created by the first must be there for the second.
    for (int i = 0; i < 50; ++i) {
      ExpectAlike(make_path(4), i % 2 == 0, O_RDWR | O_CREAT);
    }
  }
}

TEST_F(PathWalkerTest, DepthIsLimited) {
  std::string path;
  fs::path at = box();
  for (size_t i = 0; i <= kMaxWalkDepth; ++i) {
    at /= "d";
    path += "d/";
  }
  fs::create_directories(at);
  Sandbox::WriteFile(at / "file", "x");
  fs::create_directories(at / "e");
  const std::string shallow = path.substr(2);
  EXPECT_THAT(WalkAndOpen(root_.fd(), shallow + "d", true, O_PATH, 0),
              Succeeds());
  EXPECT_THAT(WalkAndOpen(root_.fd(), path + "file", true, O_PATH, 0),
              FailsWith(Errno::kNametoolong));
  // Going back makes room.
  std::string back_and_forth;
  for (int i = 0; i < 500; ++i) back_and_forth += "d/../";
  EXPECT_THAT(WalkAndOpen(root_.fd(), back_and_forth + "d", true, O_PATH, 0),
              Succeeds());
}

TEST_F(PathWalkerTest, LongLinksAreAlike) {
  // Each of 39 links puts nearly 2,000 bytes before what is left of the path.
  std::string detour;
  while (detour.size() < 1900) detour += "./";
  for (int i = 0; i < 39; ++i) {
    fs::create_symlink(absl::StrCat(detour, "l", i + 1, "/", detour),
                       box() / absl::StrCat("l", i));
  }
  fs::create_directory(box() / "l39");
  ExpectAlike("l0", true, O_PATH);
  ExpectAlike("l0/none", true, O_PATH);
  EXPECT_THAT(WalkAndOpen(root_.fd(), "l0/.", true, O_PATH, 0), Succeeds());
}

}  // namespace
}  // namespace wasijit::wasi
