#include "wasi/path_walker.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

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
// What remains of the path, links expanded, never grows beyond this.
constexpr size_t kMaxPending = 4 * PATH_MAX;

// The state of one walk: the directories from the root to where it stands, and
// what is left of the path. Every name given to the system is one component and
// is opened without following it, so no step can leave the directory below
// which it is looked up; ".." goes back to a directory that was passed, never
// to what the system calls the parent.
class Walker {
 public:
  Walker(int root, absl::string_view path, bool follow, int flags, mode_t mode)
      : root_(root),
        pending_(path),
        follow_(follow),
        flags_(flags),
        mode_(mode) {}

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
      if (pending_.empty()) return OpenLast(name);
      WASI_RETURN_IF_ERROR(Enter(name));
      return std::nullopt;
    }
    if (pending_.empty()) return OpenTop();
    return std::nullopt;
  }

  // The first component of what is left, which loses it and the slashes behind.
  std::string TakeComponent() {
    const size_t end = std::min(pending_.find('/'), pending_.size());
    std::string name = pending_.substr(0, end);
    const size_t next = pending_.find_first_not_of('/', end);
    if (next == std::string::npos && end < pending_.size()) {
      // The target of a link ended with a slash.
      flags_ |= O_DIRECTORY;
      follow_ = true;
    }
    pending_.erase(0, next);
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
        pending_ = name;
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
    if (pending_.size() + static_cast<size_t>(size) >= kMaxPending) {
      return std::unexpected(Errno::kNametoolong);
    }
    std::string expanded(target, static_cast<size_t>(size));
    if (!pending_.empty()) expanded += "/" + pending_;
    pending_ = std::move(expanded);
    return true;
  }

  const int root_;
  std::vector<HostFile> passed_;
  std::string pending_;
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
