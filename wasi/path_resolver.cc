#include "wasi/path_resolver.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/module/byte_reader.h"
#include "wasi/host_errno.h"
#include "wasi/path_walker.h"
#include "wasi/system_call.h"

namespace wasijit::wasi {
namespace {

// How often openat2 is repeated when a rename elsewhere keeps it from deciding
// whether ".." led out; the walker then decides.
constexpr int kRaceAttempts = 32;

int SystemOpenat2(int root, const char* path, int flags, mode_t mode) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags);
  // Anything else is refused.
  how.mode = flags & O_CREAT ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof(how)));
}

PathResolver::Method Probe() {
  // A look-up that succeeds wherever the call exists. Container policies answer
  // EPERM for calls they do not know.
  const HostFile root =
      HostFile::Own(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const HostFile probed = HostFile::Own(SystemOpenat2(
      root.fd(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC, /*mode=*/0));
  return probed ? PathResolver::Method::kOpenat2 : PathResolver::Method::kWalk;
}

bool IsDots(absl::string_view name) { return name == "." || name == ".."; }

}  // namespace

Result<Path> Path::CopyTarget(absl::string_view text) {
  // Filled in where the caller will have it.
  Result<Path> result(std::in_place);
  if (text.size() > kMaxPath) {
    result = std::unexpected(Errno::kNametoolong);
    return result;
  }
  // The empty path has no address.
  text.copy(result->bytes_, text.size());
  result->bytes_[text.size()] = '\0';
  result->size_ = text.size();
  // From here on only the copy counts: the guest may change the original.
  const absl::string_view copy = result->text();
  if (copy.empty()) {
    result = std::unexpected(Errno::kNoent);
  } else if (copy.find('\0') != absl::string_view::npos) {
    result = std::unexpected(Errno::kInval);
  } else if (copy[0] == '/') {
    result = std::unexpected(Errno::kNotcapable);
  } else if (!IsUtf8(copy)) {
    result = std::unexpected(Errno::kIlseq);
  }
  return result;
}

Result<Path> Path::Copy(absl::string_view text) {
  Result<Path> result = CopyTarget(text);
  if (!result) return result;
  result->must_be_directory_ = result->text().back() == '/';
  while (result->bytes_[result->size_ - 1] == '/') {
    result->bytes_[--result->size_] = '\0';
  }
  return result;
}

bool Path::IsName() const {
  return !must_be_directory_ && !IsDots(text()) &&
         text().find('/') == absl::string_view::npos;
}

PathResolver::Method PathResolver::PreferredMethod() {
  static const Method method = Probe();
  return method;
}

Result<HostFile> PathResolver::Open(int root, const Path& path, bool follow,
                                    int flags, mode_t mode) const {
  if (path.must_be_directory()) {
    // open(2) says so of "name/", whatever is there.
    if (flags & O_CREAT) return std::unexpected(Errno::kIsdir);
    flags |= O_DIRECTORY;
    follow = true;
  }
  return OpenBeneath(root, path, follow, flags | O_CLOEXEC, mode);
}

Result<HostFile> PathResolver::OpenBeneath(int root, const Path& path,
                                           bool follow, int flags,
                                           mode_t mode) const {
  const int attempts = method_ == Method::kOpenat2 ? kRaceAttempts : 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const int fd = SystemOpenat2(root, path.c_str(),
                                 follow ? flags : flags | O_NOFOLLOW, mode);
    if (fd >= 0) return HostFile::Own(fd);
    if (errno == EXDEV) return std::unexpected(Errno::kNotcapable);
    if (errno != EAGAIN && !IsRepeated(errno)) return HostError();
  }
  return WalkAndOpen(root, path.text(), follow, flags, mode);
}

Result<Leaf> PathResolver::FindLeaf(int root, Path& path,
                                    Errno dot_error) const {
  absl::string_view parent = path.text();
  const size_t slash = parent.rfind('/');
  const size_t begin = slash == absl::string_view::npos ? 0 : slash + 1;
  const char* name = path.bytes_ + begin;
  if (IsDots(name)) {
    WASI_RETURN_IF_ERROR(Open(root, path, /*follow=*/true, O_PATH));
    return std::unexpected(dot_error);
  }
  Leaf leaf = {HostFile(), root, name, path.must_be_directory()};
  if (begin == 0) return leaf;
  path.bytes_[slash] = '\0';
  path.size_ = slash;
  WASI_ASSIGN_OR_RETURN(
      leaf.opened, OpenBeneath(root, path, /*follow=*/true,
                               O_PATH | O_DIRECTORY | O_CLOEXEC, /*mode=*/0));
  leaf.directory = leaf.opened.fd();
  return leaf;
}

}  // namespace wasijit::wasi
