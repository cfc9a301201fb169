// Reading, writing and seeking in open files, and reading directories.
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"
#include "wasi/system_call.h"

namespace wasijit::wasi {
namespace {

// How much a pipe that is ready for writing surely takes.
constexpr uint64_t kSureWrite = PIPE_BUF;

int HostWhence(Whence whence) {
  switch (whence) {
    case Whence::kSet:
      return SEEK_SET;
    case Whence::kCur:
      return SEEK_CUR;
    case Whence::kEnd:
      return SEEK_END;
  }
  return SEEK_SET;
}

// A descriptor to read from or write to at a position.
Result<Descriptor*> FindPositioned(FdTable& fds, Fd fd, Rights rights) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds.Find(fd));
  if (file->IsDirectory()) return std::unexpected(Errno::kIsdir);
  if (!file->is_seekable) return std::unexpected(Errno::kSpipe);
  if (!HasAll(file->rights, rights | Rights::kFdSeek)) {
    return std::unexpected(Errno::kNotcapable);
  }
  return file;
}

Result<Filesize> Seek(const Descriptor& file, Filedelta offset, int whence) {
  const off_t position = lseek(file.file.fd(), offset, whence);
  if (position < 0) return HostError();
  return static_cast<Filesize>(position);
}

// Transfers of a list. Of what it costs the system to start, the calls for one
// buffer save a third.
ssize_t Read(int fd, const Iovecs& to) {
  if (to.size() != 1) return readv(fd, to.data(), to.size());
  return read(fd, to.data()->iov_base, to.data()->iov_len);
}
ssize_t Write(int fd, const Ciovecs& from) {
  if (from.size() != 1) return writev(fd, from.data(), from.size());
  return write(fd, from.data()->iov_base, from.data()->iov_len);
}
ssize_t ReadAt(int fd, const Iovecs& to, off_t position) {
  if (to.size() != 1) return preadv(fd, to.data(), to.size(), position);
  return pread(fd, to.data()->iov_base, to.data()->iov_len, position);
}
ssize_t WriteAt(int fd, const Ciovecs& from, off_t position) {
  if (from.size() != 1) return pwritev(fd, from.data(), from.size(), position);
  return pwrite(fd, from.data()->iov_base, from.data()->iov_len, position);
}

// As much as a filter makes of it must fit into what a terminal surely takes.
constexpr size_t kFilteredChunk = 1024;

// Writes all of the text, or as much as goes before an error.
Result<void> WriteAll(const Descriptor& file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file.file.fd(), text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      WASI_RETURN_IF_ERROR(AwaitReady(file.file.fd(), POLLOUT));
    } else if (!IsRepeated(errno)) {
      return HostError();
    }
  }
  return {};
}

// An error counts only if nothing has been written: the guest asks again for
// the rest and gets it then.
Result<Size> WriteFiltered(Descriptor& file, const Ciovecs& iovs) {
  if (HasAny(file.flags, Fdflags::kNonblock)) {
    WASI_RETURN_IF_ERROR(RequireReady(file.file.fd(), POLLOUT));
  }
  Size written = 0;
  std::string text;
  for (int i = 0; i < iovs.size(); ++i) {
    absl::Span<const uint8_t> rest(
        static_cast<const uint8_t*>(iovs.data()[i].iov_base),
        iovs.data()[i].iov_len);
    while (!rest.empty()) {
      const auto chunk = rest.subspan(0, kFilteredChunk);
      text.clear();
      file.filter->Filter(chunk, text);
      if (const Result<void> result = WriteAll(file, text); !result) {
        if (written == 0) return std::unexpected(result.error());
        return written;
      }
      written += static_cast<Size>(chunk.size());
      rest.remove_prefix(chunk.size());
    }
  }
  return written;
}

}  // namespace

Result<Size> Preview1::FdRead(Fd fd, Iovecs iovs) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!HasAll(file->rights, Rights::kFdRead)) {
    return std::unexpected(file->IsDirectory() ? Errno::kIsdir
                                               : Errno::kNotcapable);
  }
  return Transfer(*file, POLLIN, [&] { return Read(file->file.fd(), iovs); });
}

Result<Size> Preview1::FdWrite(Fd fd, Ciovecs iovs) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd, Rights::kFdWrite));
  if (file->filter) return WriteFiltered(*file, iovs);
  if (HasAny(file->flags, Fdflags::kNonblock) && !file->is_seekable) {
    iovs.Truncate(kSureWrite);
  }
  if (HasAny(file->flags, Fdflags::kAppend) && file->file.is_borrowed() &&
      file->filetype == Filetype::kRegularFile) {
    // Position -1 stands for the file's own, which moves to the end.
    return Transfer(*file, POLLOUT, [&] {
      return pwritev2(file->file.fd(), iovs.data(), iovs.size(), /*offset=*/-1,
                      RWF_APPEND);
    });
  }
  return Transfer(*file, POLLOUT, [&] { return Write(file->file.fd(), iovs); });
}

Result<Size> Preview1::FdPread(Fd fd, Iovecs iovs, Filesize offset) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        FindPositioned(fds(), fd, Rights::kFdRead));
  WASI_ASSIGN_OR_RETURN(const off_t position, HostOffset(offset));
  return Transfer(*file, POLLIN,
                  [&] { return ReadAt(file->file.fd(), iovs, position); });
}

Result<Size> Preview1::FdPwrite(Fd fd, Ciovecs iovs, Filesize offset) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file,
                        FindPositioned(fds(), fd, Rights::kFdWrite));
  WASI_ASSIGN_OR_RETURN(const off_t position, HostOffset(offset));
  return Transfer(*file, POLLOUT,
                  [&] { return WriteAt(file->file.fd(), iovs, position); });
}

Result<Filesize> Preview1::FdSeek(Fd fd, Filedelta offset, Whence whence) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!file->is_seekable && !file->IsDirectory()) {
    return std::unexpected(Errno::kSpipe);
  }
  // To ask for the position is to tell it.
  const bool is_tell = offset == 0 && whence == Whence::kCur;
  const Rights sufficient =
      is_tell ? Rights::kFdSeek | Rights::kFdTell : Rights::kFdSeek;
  if (!HasAny(file->rights, sufficient)) {
    return std::unexpected(Errno::kNotcapable);
  }
  return Seek(*file, offset, HostWhence(whence));
}

Result<Filesize> Preview1::FdTell(Fd fd) { return FdSeek(fd, 0, Whence::kCur); }

Result<Size> Preview1::FdReaddir(Fd fd, DirentBuffer buf, Dircookie cookie) {
  WASI_ASSIGN_OR_RETURN(Descriptor * file, fds().Find(fd));
  if (!file->IsDirectory()) return std::unexpected(Errno::kNotdir);
  if (!HasAll(file->rights, Rights::kFdReaddir)) {
    return std::unexpected(Errno::kNotcapable);
  }
  if (!file->stream) file->stream = std::make_unique<DirectoryStream>();
  return file->stream->Read(file->file.fd(), cookie, buf.bytes);
}

}  // namespace wasijit::wasi
