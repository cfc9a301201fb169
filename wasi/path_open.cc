// Opening files below a directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <utility>

#include "wasi/host_errno.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {
namespace {

constexpr mode_t kNewFileMode = 0666;

// Rights for which the host's descriptor must be open for writing.
constexpr Rights kWritingRights =
    Rights::kFdWrite | Rights::kFdAllocate | Rights::kFdFilestatSetSize;
constexpr Rights kReadingRights = Rights::kFdRead | Rights::kFdReaddir;

int AccessMode(Rights rights) {
  if (!HasAny(rights, kWritingRights)) return O_RDONLY;
  return HasAny(rights, kReadingRights) ? O_RDWR : O_WRONLY;
}

int HostFlags(Oflags oflags, Fdflags fdflags) {
  // Opening must not wait for the other end of a pipe, nor take a terminal.
  int flags = O_NONBLOCK | O_NOCTTY;
  if (HasAny(oflags, Oflags::kDirectory)) flags |= O_DIRECTORY;
  if (HasAny(oflags, Oflags::kTrunc)) flags |= O_TRUNC;
  if (HasAny(oflags, Oflags::kCreat)) {
    flags |= O_CREAT;
    if (HasAny(oflags, Oflags::kExcl)) flags |= O_EXCL;
  }
  if (HasAny(fdflags, Fdflags::kAppend)) flags |= O_APPEND;
  if (HasAny(fdflags, Fdflags::kDsync)) flags |= O_DSYNC;
  if (HasAny(fdflags, Fdflags::kRsync)) flags |= O_RSYNC;
  if (HasAny(fdflags, Fdflags::kSync)) flags |= O_SYNC;
  return flags;
}

// Devices that only produce zeros or random numbers or swallow what they get
// (Linux, Documentation/admin-guide/devices.txt): null, zero, full, random,
// urandom.
bool IsHarmlessDevice(dev_t device) {
  if (major(device) != 1) return false;
  switch (minor(device)) {
    case 3:
    case 5:
    case 7:
    case 8:
    case 9:
      return true;
    default:
      return false;
  }
}

// Whether guests may have the file however they got at its name.
Result<void> CheckKind(const Descriptor& file) {
  if (file.filetype == Filetype::kRegularFile || file.IsDirectory()) return {};
  if (file.filetype == Filetype::kCharacterDevice) {
    struct stat stat;
    if (fstat(file.file.fd(), &stat) != 0) return HostError();
    if (IsHarmlessDevice(stat.st_rdev)) return {};
  }
  return std::unexpected(Errno::kNotcapable);
}

// What the directory must allow for the file to be opened like this.
Result<void> CheckRights(const Descriptor& directory, Oflags oflags,
                         Rights requested) {
  Rights needed = Rights::kPathOpen;
  if (HasAny(oflags, Oflags::kCreat)) needed |= Rights::kPathCreateFile;
  if (HasAny(oflags, Oflags::kTrunc)) needed |= Rights::kPathFilestatSetSize;
  // Other rights that the directory cannot pass on are silently left out:
  // programs ask for everything that might be of use.
  const Rights access = requested & (Rights::kFdRead | Rights::kFdWrite);
  if (!HasAll(directory.rights, needed) ||
      !HasAll(directory.inheriting, access)) {
    return std::unexpected(Errno::kNotcapable);
  }
  return {};
}

// In a directory that is read-only, files that exist can be "created" as on a
// file system that is.
Result<HostFile> OpenReadOnly(const PathResolver& resolver, int root,
                              const Path& path, bool follow, int flags) {
  if ((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) {
    return std::unexpected(Errno::kRofs);
  }
  Result<HostFile> file =
      resolver.Open(root, path, follow, flags & ~(O_CREAT | O_EXCL));
  if (!(flags & O_CREAT)) return file;
  if (!file && file.error() == Errno::kNoent) {
    return std::unexpected(Errno::kRofs);
  }
  if (file && flags & O_EXCL) return std::unexpected(Errno::kExist);
  return file;
}

}  // namespace

Result<Fd> Preview1::PathOpen(Fd fd, Lookupflags dirflags, GuestString path,
                              Oflags oflags, Rights fs_rights_base,
                              Rights fs_rights_inheriting, Fdflags fdflags) {
  WASI_ASSIGN_OR_RETURN(Descriptor * directory, fds().Find(fd));
  if (!directory->IsDirectory()) return std::unexpected(Errno::kNotdir);
  WASI_RETURN_IF_ERROR(CheckRights(*directory, oflags, fs_rights_base));
  if (HasAll(oflags, Oflags::kCreat | Oflags::kDirectory)) {
    return std::unexpected(Errno::kInval);
  }
  const Result<Path> copy = Path::Copy(path.text);
  WASI_RETURN_IF_ERROR(copy);
  const Rights rights = fs_rights_base & directory->inheriting;
  const int flags = AccessMode(rights) | HostFlags(oflags, fdflags);
  const bool follow = HasAny(dirflags, Lookupflags::kSymlinkFollow);
  const int root = directory->file.fd();
  WASI_ASSIGN_OR_RETURN(
      HostFile file,
      directory->is_read_only
          ? OpenReadOnly(resolver(), root, *copy, follow, flags)
          : resolver().Open(root, *copy, follow, flags, kNewFileMode));
  WASI_ASSIGN_OR_RETURN(Descriptor opened, Describe(std::move(file)));
  if (!context_->allow_special_files()) {
    WASI_RETURN_IF_ERROR(CheckKind(opened));
  }
  context_->Restrict(opened);
  opened.rights &= rights;
  opened.inheriting &= fs_rights_inheriting & directory->inheriting;
  opened.flags = fdflags;
  opened.is_read_only = directory->is_read_only;
  return fds().Insert(std::move(opened));
}

}  // namespace wasijit::wasi
