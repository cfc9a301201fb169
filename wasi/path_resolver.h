// Resolution of guest paths below a directory, from which nothing leads out:
// not
// "..", not an absolute path, not a symbolic link, not a rename or an exchanged
// link while the path is being walked.
//
// Two methods have the same meaning: Linux's openat2 with RESOLVE_BENEATH, and
// a walker that opens one component at a time. Their errors are the same too,
// but for magic links of /proc and for paths deeper than the walker keeps open.
//
// Only what comes from here may reach a system call that takes a path, and
// then only as Leaf does it: a directory and a single name that is neither
// followed nor contains a slash.
#ifndef WASIJIT_WASI_PATH_RESOLVER_H_
#define WASIJIT_WASI_PATH_RESOLVER_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/strings/string_view.h"
#include "wasi/errno.h"
#include "wasi/host_file.h"

namespace wasijit::wasi {

// The bytes of the longest path, less the terminating zero: the system's limit.
inline constexpr uint32_t kMaxPath = 4095;

// A path copied out of guest memory and checked: relative, not empty, at most
// kMaxPath bytes of UTF-8, none of which is zero. Large; lives on the stack of
// one call.
class Path {
 public:
  // For Copy: a path without bytes, which are left unset because there are
  // many.
  Path() {}  // NOLINT(modernize-use-equals-default)

  // kNoent if empty, kNametoolong, kInval if it holds a zero byte, kNotcapable
  // if absolute, kIlseq if it is no UTF-8.
  static Result<Path> Copy(absl::string_view text);
  // The same for what a new symbolic link shall hold, which is kept as it is.
  static Result<Path> CopyTarget(absl::string_view text);

  // Zero-terminated; without trailing slashes, unless it is a target.
  const char* c_str() const { return bytes_; }
  absl::string_view text() const { return {bytes_, size_}; }
  // Whether it ended with a slash: what it names must be a directory, and a
  // symbolic link in that place is followed.
  bool must_be_directory() const { return must_be_directory_; }
  // Whether it is the name of an entry of the directory from which it leads.
  bool IsName() const;

 private:
  friend class PathResolver;

  uint32_t size_ = 0;
  bool must_be_directory_ = false;
  char bytes_[kMaxPath + 1];
};

// The place of a directory entry.
struct Leaf {
  // Keeps `directory` open, unless that is the root itself.
  HostFile opened;
  int directory;
  // A single component, zero-terminated, within the Path. Never "." or "..".
  const char* name;
  bool must_be_directory;
};

class PathResolver {
 public:
  enum class Method : uint8_t { kOpenat2, kWalk };

  // openat2 where the system has it. Asked once: nothing that the guest does
  // later changes the method.
  static Method PreferredMethod();

  explicit PathResolver(Method method = PreferredMethod()) : method_(method) {}

  Method method() const { return method_; }

  // Opens what the path names below the open directory `root`, with `flags` and
  // `mode` as for open(2); O_CLOEXEC is added. Unless `follow`, a symbolic link
  // in the last place is not followed: kLoop, or the link itself with O_PATH.
  // kNotcapable if the path leads out.
  Result<HostFile> Open(int root, const Path& path, bool follow, int flags,
                        mode_t mode = 0) const;

  // The directory in which the path's last component lies, and that component,
  // for which `path` is cut in two where it stands. If it ends in "." or "..":
  // `dot_error`, after making sure that it names something below the root.
  Result<Leaf> FindLeaf(int root, Path& path, Errno dot_error) const;

 private:
  // The same of the path as it stands, with no more flags than are given.
  Result<HostFile> OpenBeneath(int root, const Path& path, bool follow,
                               int flags, mode_t mode) const;

  Method method_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_PATH_RESOLVER_H_
