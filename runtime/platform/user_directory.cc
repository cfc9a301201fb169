#include "runtime/platform/user_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

constexpr absl::string_view kTemporaryPrefix = ".new-";
constexpr mode_t kForeignWrite = S_IWGRP | S_IWOTH;
constexpr mode_t kForeignRead = S_IRGRP | S_IROTH;
constexpr int64_t kNanoseconds = 1000000000;
// Between updates of a file's last use: a system call for each would be waste.
constexpr int64_t kUseGranularitySeconds = 3600;

absl::Status SystemError(absl::string_view action, absl::string_view path) {
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot ", action, " '", path, "'"));
}

absl::Status CheckOwner(const struct stat& status, absl::string_view path) {
  if (status.st_uid != geteuid()) {
    return absl::PermissionDeniedError(
        absl::StrCat("'", path, "' belongs to another user"));
  }
  if ((status.st_mode & kForeignWrite) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("others may write '", path, "'"));
  }
  return absl::OkStatus();
}

absl::Status CreateWithParents(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    // What is missing shows when the last one cannot be made.
    mkdir(path.substr(0, slash).c_str(), 0700);
  }
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemError("create", path);
  }
  return absl::OkStatus();
}

absl::Status WriteParts(int fd,
                        absl::Span<const absl::Span<const uint8_t>> parts,
                        absl::string_view name) {
  for (absl::Span<const uint8_t> part : parts) {
    while (!part.empty()) {
      const ssize_t count = write(fd, part.data(), part.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError("write", name);
      part.remove_prefix(static_cast<size_t>(count));
    }
  }
  return absl::OkStatus();
}

void NoteUse(int fd, const struct stat& status) {
  if (std::time(nullptr) - status.st_mtim.tv_sec < kUseGranularitySeconds) {
    return;
  }
  const struct timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                    {.tv_sec = 0, .tv_nsec = UTIME_NOW}};
  futimens(fd, times);
}

}  // namespace

absl::StatusOr<UserDirectory> UserDirectory::Open(const std::string& path) {
  const int fd =
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    struct stat link;
    if (errno == ENOTDIR && lstat(path.c_str(), &link) == 0 &&
        S_ISLNK(link.st_mode)) {
      return absl::PermissionDeniedError(
          absl::StrCat("'", path, "' is a symbolic link"));
    }
    return SystemError("open", path);
  }
  UserDirectory directory(fd);
  struct stat status;
  if (fstat(fd, &status) != 0) return SystemError("open", path);
  RETURN_IF_ERROR(CheckOwner(status, path));
  return directory;
}

absl::StatusOr<UserDirectory> UserDirectory::OpenOrCreate(
    const std::string& path) {
  absl::StatusOr<UserDirectory> directory = Open(path);
  if (!absl::IsNotFound(directory.status())) return directory;
  RETURN_IF_ERROR(CreateWithParents(path));
  return Open(path);
}

UserDirectory::~UserDirectory() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::vector<uint8_t>> UserDirectory::Read(
    const std::string& name, size_t max_size, Readers readers) const {
  // Opening a pipe must not wait for its other end.
  const int fd =
      openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return SystemError("open", name);
  const absl::Cleanup close_file = [fd] { close(fd); };
  struct stat status;
  if (fstat(fd, &status) != 0) return SystemError("read", name);
  RETURN_IF_ERROR(CheckOwner(status, name));
  if (readers == Readers::kUser && (status.st_mode & kForeignRead) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("others may read '", name, "'"));
  }
  if (!S_ISREG(status.st_mode) ||
      static_cast<uint64_t>(status.st_size) > max_size) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", name, "' is no such file"));
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(status.st_size));
  for (size_t count = 0; count < bytes.size();) {
    const ssize_t n = read(fd, bytes.data() + count, bytes.size() - count);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError("read", name);
    if (n == 0) return absl::DataLossError(absl::StrCat("'", name, "' shrank"));
    count += static_cast<size_t>(n);
  }
  NoteUse(fd, status);
  return bytes;
}

absl::Status UserDirectory::Write(
    const std::string& name, absl::Span<const absl::Span<const uint8_t>> parts,
    Existing existing) const {
  uint64_t random;
  if (getrandom(&random, sizeof(random), 0) != sizeof(random)) {
    return SystemError("name a file for", name);
  }
  const std::string temporary =
      absl::StrCat(kTemporaryPrefix, absl::Hex(random, absl::kZeroPad16));
  const int fd =
      openat(fd_, temporary.c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return SystemError("create", name);
  absl::Cleanup remove = [&] { unlinkat(fd_, temporary.c_str(), 0); };
  absl::Status written = WriteParts(fd, parts, name);
  if (close(fd) != 0 && written.ok()) written = SystemError("write", name);
  RETURN_IF_ERROR(written);
  // A link fails where a rename would replace.
  const int result = existing == Existing::kKeep
                         ? linkat(fd_, temporary.c_str(), fd_, name.c_str(), 0)
                         : renameat(fd_, temporary.c_str(), fd_, name.c_str());
  if (result != 0) return SystemError("create", name);
  if (existing == Existing::kReplace) std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status UserDirectory::Remove(const std::string& name) const {
  if (unlinkat(fd_, name.c_str(), 0) != 0) return SystemError("remove", name);
  return absl::OkStatus();
}

bool UserDirectory::TryLock() const {
  return flock(fd_, LOCK_EX | LOCK_NB) == 0;
}

absl::StatusOr<std::vector<UserDirectory::File>> UserDirectory::List() const {
  // A stream takes its descriptor, and its position with it.
  const int fd = openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = fd < 0 ? nullptr : fdopendir(fd);
  if (stream == nullptr) {
    absl::Status status = SystemError("list", ".");
    if (fd >= 0) close(fd);
    return status;
  }
  const absl::Cleanup close_stream = [stream] { closedir(stream); };
  std::vector<File> files;
  while (const dirent* entry = readdir(stream)) {
    struct stat status;
    // Others may remove files meanwhile.
    if (fstatat(fd_, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode)) {
      continue;
    }
    files.push_back(
        {.name = entry->d_name,
         .size = static_cast<uint64_t>(status.st_size),
         .last_use =
             status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec,
         .is_temporary = absl::StartsWith(entry->d_name, kTemporaryPrefix)});
  }
  return files;
}

}  // namespace wasijit
