// Any bytes as a guest's path: both methods of resolving it answer alike, and
// nothing outside the directory is ever opened.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "test/fuzz/check.h"
#include "wasi/errno.h"
#include "wasi/host_file.h"
#include "wasi/path_resolver.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

// A directory with files and links, some of which lead out of it. Everything
// inside is on the list of what may be opened.
class Tree {
 public:
  Tree() {
    char name[] = "/tmp/path_fuzz.XXXXXX";
    outer_ = mkdtemp(name);
    const fs::path box = outer_ / "box";
    fs::create_directories(box / "a" / "b" / "c");
    std::ofstream(box / "f") << "file";
    std::ofstream(box / "a" / "f") << "file";
    std::ofstream(outer_ / "f") << "outside";
    fs::create_symlink("a/b", box / "l");
    fs::create_symlink("../..", box / "a" / "b" / "u");
    fs::create_symlink("../../..", box / "a" / "b" / "o");
    fs::create_symlink("..", box / "p");
    fs::create_symlink(outer_ / "f", box / "r");
    fs::create_symlink("s", box / "s");
    fs::create_symlink("f/", box / "t");
    root_ = HostFile::Own(open(box.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    box_ = box;
  }
  ~Tree() { fs::remove_all(outer_); }

  int root() const { return root_.fd(); }

  bool IsInside(int file) const {
    char target[PATH_MAX];
    const std::string link = absl::StrCat("/proc/self/fd/", file);
    const ssize_t size = readlink(link.c_str(), target, sizeof(target));
    if (size < 0) return false;
    const absl::string_view path(target, static_cast<size_t>(size));
    const absl::string_view box = box_.native();
    return path.substr(0, box.size()) == box &&
           (path.size() == box.size() || path[box.size()] == '/');
  }

 private:
  fs::path outer_;
  fs::path box_;
  HostFile root_;
};

// The inode, or the error as a negative number.
int64_t Open(const Tree& tree, PathResolver::Method method, const Path& path,
             bool follow, int flags) {
  const Result<HostFile> file =
      PathResolver(method).Open(tree.root(), path, follow, flags);
  if (!file.has_value()) return -static_cast<int64_t>(file.error());
  test::Check(tree.IsInside(file->fd()), "nothing outside is opened");
  struct stat stat = {};
  test::Check(fstat(file->fd(), &stat) == 0, "what was opened is open");
  return static_cast<int64_t>(stat.st_ino);
}

// The walker keeps fewer directories open. Linux counts the links of a path
// once more when it begins again, as it may before it refuses one.
bool MayDiffer(int64_t walked, int64_t opened) {
  return walked == -static_cast<int64_t>(Errno::kNametoolong) ||
         (walked < 0 && opened == -static_cast<int64_t>(Errno::kLoop));
}

void Run(absl::string_view text) {
  static const Tree tree;
  using Method = PathResolver::Method;
  const Result<Path> path = Path::Copy(text);
  if (!path.has_value()) return;
  for (const bool follow : {false, true}) {
    for (const int flags : {O_PATH, O_RDONLY, O_PATH | O_DIRECTORY}) {
      const int64_t walked = Open(tree, Method::kWalk, *path, follow, flags);
      if (PathResolver::PreferredMethod() != Method::kOpenat2) continue;
      const int64_t opened = Open(tree, Method::kOpenat2, *path, follow, flags);
      test::Check(
          walked == opened || MayDiffer(walked, opened),
          absl::StrCat("both methods answer alike: ", walked, " and ", opened));
    }
  }
  for (const Method method : {Method::kWalk, PathResolver::PreferredMethod()}) {
    Path copy = *path;
    const Result<Leaf> leaf =
        PathResolver(method).FindLeaf(tree.root(), copy, Errno::kInval);
    if (!leaf.has_value()) continue;
    const absl::string_view name = leaf->name;
    test::Check(tree.IsInside(leaf->directory), "a leaf is inside");
    test::Check(!name.empty() && name != "." && name != ".." &&
                    name.find('/') == absl::string_view::npos,
                "a leaf is one name");
  }
}

}  // namespace
}  // namespace wasijit::wasi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wasijit::wasi::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
