#include "wasi/directory_stream.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "absl/strings/string_view.h"
#include "wasi/filestat.h"
#include "wasi/host_errno.h"

namespace wasijit::wasi {
namespace {

constexpr size_t kBufferSize = 32 * 1024;

// The system's record (getdents64), whose name begins at kNameOffset.
struct SystemDirent {
  uint64_t ino;
  int64_t next;
  uint16_t length;
  uint8_t type;
};
constexpr size_t kNameOffset = 19;

struct Entry {
  Dirent dirent;
  absl::string_view name;
  // To the next entry.
  size_t length;
  // The file system does not keep types with names.
  bool lacks_type;
};

Entry EntryAt(const uint8_t* record) {
  SystemDirent system;
  std::memcpy(&system, record, sizeof(system));
  const auto* name = reinterpret_cast<const char*>(record + kNameOffset);
  Entry entry = {.dirent = {},
                 .name = absl::string_view(name),
                 .length = system.length,
                 .lacks_type = system.type == DT_UNKNOWN};
  entry.dirent.next = static_cast<Dircookie>(system.next);
  entry.dirent.ino = system.ino;
  entry.dirent.namlen = entry.name.size();
  entry.dirent.type = FiletypeFromMode(DTTOIF(system.type));
  return entry;
}

// Adds what the system's record does not say, and hides what it says too much.
Result<void> Complete(int directory, Entry& entry) {
  struct stat stat;
  if (entry.name == "..") {
    // As in the root of a file system: what lies above is not the guest's.
    if (fstatat(directory, ".", &stat, AT_SYMLINK_NOFOLLOW) != 0) {
      return HostError();
    }
    entry.dirent.ino = stat.st_ino;
    entry.dirent.type = Filetype::kDirectory;
  } else if (entry.lacks_type && fstatat(directory, entry.name.data(), &stat,
                                         AT_SYMLINK_NOFOLLOW) == 0) {
    entry.dirent.type = FiletypeFromMode(stat.st_mode);
  }
  return {};
}

// Appends bytes to the buffer as far as it goes.
void Append(absl::Span<uint8_t> buffer, Size& used, const void* bytes,
            size_t size) {
  const size_t fitting = std::min(size, buffer.size() - used);
  std::memcpy(buffer.data() + used, bytes, fitting);
  used += fitting;
}

}  // namespace

Result<void> DirectoryStream::Seek(int directory, Dircookie cookie) {
  if (cookie != 0 && cookie == first_cookie_ && size_ != 0) {
    next_ = 0;
    return {};
  }
  for (size_t at = 0; cookie != 0 && at < size_;) {
    const Entry entry = EntryAt(entries_.data() + at);
    at += entry.length;
    if (entry.dirent.next == cookie) {
      next_ = at;
      return {};
    }
  }
  if (cookie > std::numeric_limits<int64_t>::max()) {
    return std::unexpected(Errno::kInval);
  }
  size_ = next_ = 0;
  first_cookie_ = last_cookie_ = cookie;
  if (lseek(directory, static_cast<off_t>(cookie), SEEK_SET) < 0) {
    return HostError();
  }
  return {};
}

Result<bool> DirectoryStream::Fill(int directory) {
  entries_.resize(kBufferSize);
  const long size =
      syscall(SYS_getdents64, directory, entries_.data(), entries_.size());
  size_ = size < 0 ? 0 : static_cast<size_t>(size);
  next_ = 0;
  // A directory that has been removed has no entries.
  if (size < 0 && errno != ENOENT) return HostError();
  first_cookie_ = last_cookie_;
  for (size_t at = 0; at < size_;) {
    const Entry entry = EntryAt(entries_.data() + at);
    last_cookie_ = entry.dirent.next;
    at += entry.length;
  }
  return size_ != 0;
}

Result<Size> DirectoryStream::Read(int directory, Dircookie cookie,
                                   absl::Span<uint8_t> buffer) {
  WASI_RETURN_IF_ERROR(Seek(directory, cookie));
  Size used = 0;
  while (used < buffer.size()) {
    if (next_ == size_) {
      WASI_ASSIGN_OR_RETURN(const bool more, Fill(directory));
      if (!more) break;
    }
    Entry entry = EntryAt(entries_.data() + next_);
    WASI_RETURN_IF_ERROR(Complete(directory, entry));
    Append(buffer, used, &entry.dirent, sizeof(entry.dirent));
    Append(buffer, used, entry.name.data(), entry.name.size());
    next_ += entry.length;
  }
  return used;
}

}  // namespace wasijit::wasi
