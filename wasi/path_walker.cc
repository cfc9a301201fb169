#include "wasi/path_walker.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wasi/host_errno.h"

namespace wasijit::wasi {
namespace {

// As in the kernel.
constexpr int kMaxLinks = 40;

// The state of one walk: the directories from the root to where it stands, and
// what is left of the path, which the limit on links keeps below 170 KB. Every
// name given to the system is one component and is opened without following it,
// so no step can leave the directory below which it is looked up; ".." goes
// back to a directory that was passed, never to what the system calls the
// parent.
class Walker {
 public:
  Walker(int root, absl::string_view path, bool follow, int flags, mode_t mode)
      : root_(root), path_(path), follow_(follow), flags_(flags), mode_(mode) {}

  Result<HostFile> Run() {
    for (;;) {
      WASI_ASSIGN_OR_RETURN(std::optional<HostFile> opened, Step());
      if (opened) return *std::move(opened);
    }
  }

 private:
  int top() const { return passed_.empty() ? root_ : passed_.back().fd(); }

  // Takes one component. The file, once that was the last.
  Result<std::optional<HostFile>> Step() {
    const std::string name = TakeComponent();
    if (name == "..") {
      if (passed_.empty()) return std::unexpected(Errno::kNotcapable);
      passed_.pop_back();
    } else if (name != ".") {
      if (IsAtEnd()) return OpenLast(name);
      WASI_RETURN_IF_ERROR(Enter(name));
      return std::nullopt;
    }
    if (IsAtEnd()) return OpenTop();
    return std::nullopt;
  }

  bool IsAtEnd() const { return position_ == path_.size(); }

  // The next component; moves on behind it and the slashes that follow.
  std::string TakeComponent() {
    const size_t end = std::min(path_.find('/', position_), path_.size());
    std::string name = path_.substr(position_, end - position_);
    position_ = std::min(path_.find_first_not_of('/', end), path_.size());
    if (IsAtEnd() && end < path_.size()) {
      // The target of a link ended with a slash.
      flags_ |= O_DIRECTORY;
      follow_ = true;
    }
    return name;
  }

  Result<void> Enter(const std::string& name) {
    HostFile directory = HostFile::Own(openat(
        top(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (directory) {
      if (passed_.size() == kMaxWalkDepth) {
        return std::unexpected(Errno::kNametoolong);
      }
      passed_.push_back(std::move(directory));
      return {};
    }
    // ENOTDIR is also how a link is refused.
    if (errno != ENOTDIR) return HostError();
    WASI_ASSIGN_OR_RETURN(const bool is_link, Expand(name));
    if (!is_link) return std::unexpected(Errno::kNotdir);
    return {};
  }

  Result<std::optional<HostFile>> OpenLast(const std::string& name) {
    if (flags_ & O_CREAT && flags_ & O_DIRECTORY) {
      return std::unexpected(Errno::kIsdir);
    }
    const bool exclusive = flags_ & O_CREAT && flags_ & O_EXCL;
    if (follow_ && !exclusive) {
      WASI_ASSIGN_OR_RETURN(const bool is_link, Expand(name));
      if (is_link) return std::nullopt;
    }
    HostFile file =
        HostFile::Own(openat(top(), name.c_str(), flags_ | O_NOFOLLOW, mode_));
    if (!file) {
      // A link has taken the place since it was looked at.
      if (errno == ELOOP && follow_ && !exclusive && ++links_ <= kMaxLinks) {
        path_ = name;
        position_ = 0;
        return std::nullopt;
      }
      return HostError();
    }
    return file;
  }

  // The path ended with "." or "..".
  Result<std::optional<HostFile>> OpenTop() {
    if (flags_ & O_CREAT) {
      return std::unexpected(flags_ & O_EXCL ? Errno::kExist : Errno::kIsdir);
    }
    HostFile file = HostFile::Own(openat(top(), ".", flags_ | O_NOFOLLOW));
    if (!file) return HostError();
    return file;
  }

  // If `name` is a symbolic link, puts its target before what is left.
  Result<bool> Expand(const std::string& name) {
    char target[PATH_MAX];
    const ssize_t size =
        readlinkat(top(), name.c_str(), target, sizeof(target));
    if (size < 0) {
      // Not a link, or not there: opening it will say which.
      if (errno == EINVAL || errno == ENOENT) return false;
      return HostError();
    }
    if (++links_ > kMaxLinks) return std::unexpected(Errno::kLoop);
    if (size == 0) return std::unexpected(Errno::kNoent);
    if (target[0] == '/') return std::unexpected(Errno::kNotcapable);
    std::string expanded(target, static_cast<size_t>(size));
    if (!IsAtEnd()) expanded += "/" + path_.substr(position_);
    path_ = std::move(expanded);
    position_ = 0;
    return true;
  }

  const int root_;
  std::vector<HostFile> passed_;
  std::string path_;
  size_t position_ = 0;
  bool follow_;
  int flags_;
  const mode_t mode_;
  int links_ = 0;
};

}  // namespace

Result<HostFile> WalkAndOpen(int root, absl::string_view path, bool follow,
                             int flags, mode_t mode) {
  return Walker(root, path, follow, flags, mode).Run();
}

}  // namespace wasijit::wasi
