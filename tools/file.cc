#include "tools/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

constexpr size_t kFirstReadSize = size_t{64} << 10;

absl::Status SystemError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(action, " '", path, "'"));
}

// ErrnoToStatus reads "cannot open 'x': No such file or directory".
absl::StatusOr<std::vector<uint8_t>> ReadAll(int fd, const std::string& path,
                                             size_t max_size) {
  struct stat status;
  size_t expected = 0;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
    expected = static_cast<size_t>(status.st_size);
  }
  std::vector<uint8_t> bytes;
  size_t count = 0;
  while (true) {
    if (count > max_size || expected > max_size) {
      return absl::ResourceExhaustedError(
          absl::StrCat("'", path, "' is longer than ", max_size, " bytes"));
    }
    if (count == bytes.size()) {
      // One byte more than a regular file has, to see its end.
      bytes.resize(expected >= count && expected != 0
                       ? expected + 1
                       : std::max(count * 2, kFirstReadSize));
    }
    const ssize_t n = read(fd, bytes.data() + count, bytes.size() - count);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError("cannot read", path);
    if (n == 0) break;
    count += static_cast<size_t>(n);
  }
  bytes.resize(count);
  return bytes;
}

absl::Status WriteAll(int fd, const std::string& path,
                      absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

// What ends a process from outside must wait: half a file would remain.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~SignalsHeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

absl::StatusOr<std::vector<uint8_t>> ReadFile(const std::string& path,
                                              size_t max_size) {
  if (path == "-") return ReadAll(STDIN_FILENO, "standard input", max_size);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError("cannot open", path);
  const absl::Cleanup close_file = [fd] { close(fd); };
  return ReadAll(fd, path, max_size);
}

absl::Status WriteFile(const std::string& path, absl::Span<const uint8_t> bytes,
                       FileKind kind) {
  if (path == "-") return WriteAll(STDOUT_FILENO, "standard output", bytes);
  // Devices and pipes are written, not replaced.
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return SystemError("cannot open", path);
    const absl::Cleanup close_file = [fd] { close(fd); };
    return WriteAll(fd, path, bytes);
  }
  const SignalsHeldBack signals_held_back;
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return SystemError("cannot create", path);
  absl::Cleanup remove_file = [&temporary] { unlink(temporary.c_str()); };
  absl::Status written = WriteAll(fd, path, bytes);
  // mkostemp makes a private file; the user's mask decides about this one.
  const mode_t permissions = kind == FileKind::kExecutable ? 0777 : 0666;
  const mode_t mask = umask(0);
  umask(mask);
  if (written.ok() && fchmod(fd, permissions & ~mask) != 0) {
    written = SystemError("cannot write", path);
  }
  if (close(fd) != 0 && written.ok()) {
    written = SystemError("cannot write", path);
  }
  RETURN_IF_ERROR(written);
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    return SystemError("cannot write", path);
  }
  std::move(remove_file).Cancel();
  return absl::OkStatus();
}

absl::Status WithPath(const absl::Status& status, absl::string_view path) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(path == "-" ? "standard input" : path, ": ",
                                   status.message()));
}

}  // namespace wasijit::tools
