// Attributes of open files, and the table of descriptors itself.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include "wasi/filestat.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"
#include "wasi/system_call.h"

namespace wasijit::wasi {
namespace {

// The flags that say when data must reach the disk. Linux does not let them
// change.
constexpr Fdflags kSynchronising =
    Fdflags::kDsync | Fdflags::kRsync | Fdflags::kSync;

int HostAdvice(Advice advice) {
  switch (advice) {
    case Advice::kNormal:
      return POSIX_FADV_NORMAL;
    case Advice::kSequential:
      return POSIX_FADV_SEQUENTIAL;
    case Advice::kRandom:
      return POSIX_FADV_RANDOM;
    case Advice::kWillneed:
      return POSIX_FADV_WILLNEED;
    case Advice::kDontneed:
      return POSIX_FADV_DONTNEED;
    case Advice::kNoreuse:
      return POSIX_FADV_NOREUSE;
  }
  return POSIX_FADV_NORMAL;
}

// A descriptor through which something may be changed.
Result<Descriptor*> FindWritable(FdTable& fds, Fd fd, Rights rights) {
  Result<Descriptor*> found = fds.Find(fd, rights);
  if (found && (*found)->is_read_only) return std::unexpected(Errno::kRofs);
  return found;
}

}  // namespace

Result<void> Preview1::FdAdvise(Fd fd, Filesize offset, Filesize len,
                                Advice advice) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd, Rights::kFdAdvise));
  WASI_ASSIGN_OR_RETURN(const off_t host_offset, HostOffset(offset));
  WASI_ASSIGN_OR_RETURN(const off_t host_length, HostOffset(len));
  const int error = posix_fadvise(file->file.fd(), host_offset, host_length,
                                  HostAdvice(advice));
  if (error != 0) return std::unexpected(ErrnoFromHost(error));
  return {};
}

Result<void> Preview1::FdAllocate(Fd fd, Filesize offset, Filesize len) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        FindWritable(fds(), fd, Rights::kFdAllocate));
  WASI_ASSIGN_OR_RETURN(const off_t host_offset, HostOffset(offset));
  WASI_ASSIGN_OR_RETURN(const off_t host_length, HostOffset(len));
  // Not posix_fallocate, which writes zeros where the file system cannot
  // allocate.
  return Repeat([&] {
    return fallocate(file->file.fd(), /*mode=*/0, host_offset, host_length);
  });
}

Result<void> Preview1::FdClose(Fd fd) {
  WASI_ASSIGN_OR_RETURN(const std::shared_ptr<Descriptor> file,
                        fds().Remove(fd));
  // A call of another thread that uses it closes it in the end.
  if (file.use_count() > 1) return {};
  return file->file.Close();
}

Result<void> Preview1::FdDatasync(Fd fd) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd, Rights::kFdDatasync));
  return Repeat([&] { return fdatasync(file->file.fd()); });
}

Result<void> Preview1::FdSync(Fd fd) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd, Rights::kFdSync));
  return Repeat([&] { return fsync(file->file.fd()); });
}

Result<Fdstat> Preview1::FdFdstatGet(Fd fd) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  Fdstat stat;
  stat.filetype = file->filetype;
  stat.flags = file->flags;
  stat.rights_base = file->rights;
  stat.rights_inheriting = file->inheriting;
  return stat;
}

Result<void> Preview1::FdFdstatSetFlags(Fd fd, Fdflags flags) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        fds().Find(fd, Rights::kFdFdstatSetFlags));
  if ((flags & kSynchronising) != (file->flags & kSynchronising)) {
    return std::unexpected(Errno::kNotsup);
  }
  const bool append = HasAny(flags, Fdflags::kAppend);
  if (append != HasAny(file->flags, Fdflags::kAppend) &&
      !file->file.is_borrowed() && !file->IsDirectory()) {
    const int host = fcntl(file->file.fd(), F_GETFL);
    if (host < 0) return HostError();
    if (fcntl(file->file.fd(), F_SETFL,
              append ? host | O_APPEND : host & ~O_APPEND) != 0) {
      return HostError();
    }
  }
  file->flags = flags;
  return {};
}

Result<void> Preview1::FdFdstatSetRights(Fd fd, Rights fs_rights_base,
                                         Rights fs_rights_inheriting) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!HasAll(file->rights, fs_rights_base) ||
      !HasAll(file->inheriting, fs_rights_inheriting)) {
    return std::unexpected(Errno::kNotcapable);
  }
  file->rights = fs_rights_base;
  file->inheriting = fs_rights_inheriting;
  return {};
}

Result<Filestat> Preview1::FdFilestatGet(Fd fd) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        fds().Find(fd, Rights::kFdFilestatGet));
  struct stat host;
  if (fstat(file->file.fd(), &host) != 0) return HostError();
  Filestat stat = FilestatFromHost(host);
  stat.filetype = file->filetype;
  return stat;
}

Result<void> Preview1::FdFilestatSetSize(Fd fd, Filesize size) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        FindWritable(fds(), fd, Rights::kFdFilestatSetSize));
  WASI_ASSIGN_OR_RETURN(const off_t host_size, HostOffset(size));
  return Repeat([&] { return ftruncate(file->file.fd(), host_size); });
}

Result<void> Preview1::FdFilestatSetTimes(Fd fd, Timestamp atim, Timestamp mtim,
                                          Fstflags fst_flags) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        FindWritable(fds(), fd, Rights::kFdFilestatSetTimes));
  WASI_ASSIGN_OR_RETURN(const FileTimes times,
                        FileTimesFromGuest(atim, mtim, fst_flags));
  if (futimens(file->file.fd(), times.times) != 0) return HostError();
  return {};
}

// kBadf is how C libraries learn that there are no more preopened directories.
Result<Prestat> Preview1::FdPrestatGet(Fd fd) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!file->preopen) return std::unexpected(Errno::kBadf);
  Prestat stat;
  stat.name_length = file->preopen->size();
  return stat;
}

Result<void> Preview1::FdPrestatDirName(Fd fd, TextBuffer path) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!file->preopen) return std::unexpected(Errno::kBadf);
  if (path.bytes.size() < file->preopen->size()) {
    return std::unexpected(Errno::kNametoolong);
  }
  std::copy(file->preopen->begin(), file->preopen->end(), path.bytes.begin());
  return {};
}

Result<void> Preview1::FdRenumber(Fd fd, Fd to) {
  return fds().Renumber(fd, to);
}

}  // namespace wasijit::wasi
