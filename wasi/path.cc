// Calls that take a path, other than opening one.
//
// Of the system calls that take names, those here get a directory and a single
// name (Leaf), and none of them follows it.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/filestat.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {
namespace {

constexpr mode_t kNewDirectoryMode = 0777;

Result<const Descriptor*> FindDirectory(FdTable& fds, Fd fd, Rights rights) {
  WASI_ASSIGN_OR_RETURN(const Descriptor* directory, fds.Find(fd));
  if (!directory->IsDirectory()) return std::unexpected(Errno::kNotdir);
  if (!HasAll(directory->rights, rights)) {
    return std::unexpected(Errno::kNotcapable);
  }
  return directory;
}

Result<const Descriptor*> FindWritableDirectory(FdTable& fds, Fd fd,
                                                Rights rights) {
  WASI_ASSIGN_OR_RETURN(const Descriptor* directory,
                        FindDirectory(fds, fd, rights));
  if (directory->is_read_only) return std::unexpected(Errno::kRofs);
  return directory;
}

// The place of a directory entry that a guest's path names.
class Place {
 public:
  // `dot_error` is for a path that ends in "." or "..".
  Place(const PathResolver& resolver, const Descriptor& directory,
        GuestString path, Errno dot_error)
      : path_(Path::Copy(path.text)),
        leaf_(path_ ? resolver.FindLeaf(directory.file.fd(), *path_, dot_error)
                    : std::unexpected(path_.error())) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  explicit operator bool() const { return leaf_.has_value(); }
  Errno error() const { return leaf_.error(); }

  int directory() const { return leaf_->directory; }
  const char* name() const { return leaf_->name; }
  // The path ended with a slash.
  bool must_be_directory() const { return leaf_->must_be_directory; }

  // Whether the entry itself is a directory; kNoent if there is none.
  Result<bool> IsDirectory() const {
    struct stat stat;
    if (fstatat(directory(), name(), &stat, AT_SYMLINK_NOFOLLOW) != 0) {
      return HostError();
    }
    return S_ISDIR(stat.st_mode);
  }

 private:
  // leaf_ points into it.
  Result<Path> path_;
  Result<Leaf> leaf_;
};

// For calls that make an entry which is not a directory: kExist, kNotdir or
// kNoent, depending on what is there, if the name ends with a slash.
Result<void> CheckNewName(const Place& place) {
  if (!place.must_be_directory()) return {};
  WASI_ASSIGN_OR_RETURN(const bool is_directory, place.IsDirectory());
  return std::unexpected(is_directory ? Errno::kExist : Errno::kNotdir);
}

// What a path names, for looking at it: a descriptor that gives no access.
Result<HostFile> OpenPath(const PathResolver& resolver,
                          const Descriptor& directory, Lookupflags flags,
                          GuestString path) {
  const Result<Path> copy = Path::Copy(path.text);
  WASI_RETURN_IF_ERROR(copy);
  return resolver.Open(directory.file.fd(), *copy,
                       HasAny(flags, Lookupflags::kSymlinkFollow), O_PATH);
}

Result<void> HostResult(int result) {
  if (result != 0) return HostError();
  return {};
}

}  // namespace

Result<void> Preview1::PathCreateDirectory(Fd fd, GuestString path) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* directory,
      FindWritableDirectory(fds(), fd, Rights::kPathCreateDirectory));
  const Place place(resolver(), *directory, path, Errno::kExist);
  WASI_RETURN_IF_ERROR(place);
  return HostResult(
      mkdirat(place.directory(), place.name(), kNewDirectoryMode));
}

Result<Filestat> Preview1::PathFilestatGet(Fd fd, Lookupflags flags,
                                           GuestString path) {
  WASI_ASSIGN_OR_RETURN(const Descriptor* directory,
                        FindDirectory(fds(), fd, Rights::kPathFilestatGet));
  const Result<Path> copy = Path::Copy(path.text);
  WASI_RETURN_IF_ERROR(copy);
  const int root = directory->file.fd();
  const bool follow = HasAny(flags, Lookupflags::kSymlinkFollow);
  struct stat stat;
  // One call instead of three, if there is nothing to follow.
  if (copy->IsName()) {
    if (fstatat(root, copy->c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) {
      return HostError();
    }
    if (!follow || !S_ISLNK(stat.st_mode)) return FilestatFromHost(stat);
  }
  WASI_ASSIGN_OR_RETURN(const HostFile file,
                        resolver().Open(root, *copy, follow, O_PATH));
  if (fstat(file.fd(), &stat) != 0) return HostError();
  return FilestatFromHost(stat);
}

Result<void> Preview1::PathFilestatSetTimes(Fd fd, Lookupflags flags,
                                            GuestString path, Timestamp atim,
                                            Timestamp mtim,
                                            Fstflags fst_flags) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* directory,
      FindWritableDirectory(fds(), fd, Rights::kPathFilestatSetTimes));
  WASI_ASSIGN_OR_RETURN(const FileTimes times,
                        FileTimesFromGuest(atim, mtim, fst_flags));
  WASI_ASSIGN_OR_RETURN(const HostFile file,
                        OpenPath(resolver(), *directory, flags, path));
  return HostResult(utimensat(file.fd(), "", times.times, AT_EMPTY_PATH));
}

Result<void> Preview1::PathLink(Fd old_fd, Lookupflags old_flags,
                                GuestString old_path, Fd new_fd,
                                GuestString new_path) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* old_directory,
      FindWritableDirectory(fds(), old_fd, Rights::kPathLinkSource));
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* new_directory,
      FindWritableDirectory(fds(), new_fd, Rights::kPathLinkTarget));
  if (HasAny(old_flags, Lookupflags::kSymlinkFollow)) {
    return std::unexpected(Errno::kInval);
  }
  const Place from(resolver(), *old_directory, old_path, Errno::kPerm);
  WASI_RETURN_IF_ERROR(from);
  if (from.must_be_directory()) {
    WASI_ASSIGN_OR_RETURN(const bool is_directory, from.IsDirectory());
    return std::unexpected(is_directory ? Errno::kPerm : Errno::kNotdir);
  }
  const Place to(resolver(), *new_directory, new_path, Errno::kExist);
  WASI_RETURN_IF_ERROR(to);
  WASI_RETURN_IF_ERROR(CheckNewName(to));
  return HostResult(linkat(from.directory(), from.name(), to.directory(),
                           to.name(), /*flags=*/0));
}

Result<Size> Preview1::PathReadlink(Fd fd, GuestString path, TextBuffer buf) {
  WASI_ASSIGN_OR_RETURN(const Descriptor* directory,
                        FindDirectory(fds(), fd, Rights::kPathReadlink));
  const Place place(resolver(), *directory, path, Errno::kInval);
  WASI_RETURN_IF_ERROR(place);
  if (place.must_be_directory()) {
    // The link is followed; what it leads to is not a link.
    WASI_RETURN_IF_ERROR(
        OpenPath(resolver(), *directory, Lookupflags::kSymlinkFollow, path));
    return std::unexpected(Errno::kInval);
  }
  // The system refuses an empty buffer, WASI does not.
  char byte;
  const bool is_empty = buf.bytes.empty();
  const ssize_t size =
      readlinkat(place.directory(), place.name(),
                 is_empty ? &byte : reinterpret_cast<char*>(buf.bytes.data()),
                 is_empty ? 1 : buf.bytes.size());
  if (size < 0) return HostError();
  return is_empty ? 0 : static_cast<Size>(size);
}

Result<void> Preview1::PathRemoveDirectory(Fd fd, GuestString path) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* directory,
      FindWritableDirectory(fds(), fd, Rights::kPathRemoveDirectory));
  const Place place(resolver(), *directory, path, Errno::kInval);
  WASI_RETURN_IF_ERROR(place);
  return HostResult(unlinkat(place.directory(), place.name(), AT_REMOVEDIR));
}

Result<void> Preview1::PathRename(Fd fd, GuestString old_path, Fd new_fd,
                                  GuestString new_path) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* old_directory,
      FindWritableDirectory(fds(), fd, Rights::kPathRenameSource));
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* new_directory,
      FindWritableDirectory(fds(), new_fd, Rights::kPathRenameTarget));
  const Place from(resolver(), *old_directory, old_path, Errno::kBusy);
  WASI_RETURN_IF_ERROR(from);
  const Place to(resolver(), *new_directory, new_path, Errno::kBusy);
  WASI_RETURN_IF_ERROR(to);
  if (from.must_be_directory() || to.must_be_directory()) {
    WASI_ASSIGN_OR_RETURN(const bool is_directory, from.IsDirectory());
    if (!is_directory) return std::unexpected(Errno::kNotdir);
  }
  return HostResult(
      renameat(from.directory(), from.name(), to.directory(), to.name()));
}

Result<void> Preview1::PathSymlink(GuestString old_path, Fd fd,
                                   GuestString new_path) {
  WASI_ASSIGN_OR_RETURN(const Descriptor* directory,
                        FindWritableDirectory(fds(), fd, Rights::kPathSymlink));
  const Result<Path> target = Path::CopyTarget(old_path.text);
  WASI_RETURN_IF_ERROR(target);
  const Place place(resolver(), *directory, new_path, Errno::kExist);
  WASI_RETURN_IF_ERROR(place);
  WASI_RETURN_IF_ERROR(CheckNewName(place));
  return HostResult(
      symlinkat(target->c_str(), place.directory(), place.name()));
}

Result<void> Preview1::PathUnlinkFile(Fd fd, GuestString path) {
  WASI_ASSIGN_OR_RETURN(
      const Descriptor* directory,
      FindWritableDirectory(fds(), fd, Rights::kPathUnlinkFile));
  const Place place(resolver(), *directory, path, Errno::kIsdir);
  WASI_RETURN_IF_ERROR(place);
  if (place.must_be_directory()) {
    WASI_ASSIGN_OR_RETURN(const bool is_directory, place.IsDirectory());
    return std::unexpected(is_directory ? Errno::kIsdir : Errno::kNotdir);
  }
  return HostResult(unlinkat(place.directory(), place.name(), /*flags=*/0));
}

}  // namespace wasijit::wasi
