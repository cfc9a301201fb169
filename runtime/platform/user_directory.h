// A directory whose files are the user's own work: nobody else can have put
// them there.
#ifndef WASIJIT_RUNTIME_PLATFORM_USER_DIRECTORY_H_
#define WASIJIT_RUNTIME_PLATFORM_USER_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace wasijit {

// Processes may use one directory at the same time: files appear whole or not
// at all.
class UserDirectory {
 public:
  // PermissionDenied if it is a symbolic link, another user's, or writable for
  // others; else the system's error.
  static absl::StatusOr<UserDirectory> Open(const std::string& path);
  // Makes it, and what is missing above it, for the user alone.
  static absl::StatusOr<UserDirectory> OpenOrCreate(const std::string& path);

  UserDirectory(UserDirectory&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  UserDirectory& operator=(UserDirectory&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UserDirectory();

  enum class Readers { kUser, kAnyone };
  // The whole of a regular file of the user's, which nobody else can write (or
  // read), of at most `max_size` bytes. The file's modification time says when
  // it was last used, within an hour.
  absl::StatusOr<std::vector<uint8_t>> Read(
      const std::string& name, size_t max_size,
      Readers readers = Readers::kAnyone) const;

  enum class Existing { kReplace, kKeep };
  // Puts the parts into a file, one after the other. AlreadyExists if there is
  // one that is to be kept.
  absl::Status Write(const std::string& name,
                     absl::Span<const absl::Span<const uint8_t>> parts,
                     Existing existing) const;

  absl::Status Remove(const std::string& name) const;

  // A lock that one opened directory has at a time, until it is closed
  // everywhere: forked processes share it. False if another has it.
  bool TryLock() const;

  struct File {
    std::string name;
    uint64_t size;
    // Nanoseconds since 1970.
    int64_t last_use;
    // Whether Write has not finished with it: it may be at work or have died.
    bool is_temporary;
  };
  // The regular files, in no order.
  absl::StatusOr<std::vector<File>> List() const;

 private:
  explicit UserDirectory(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_USER_DIRECTORY_H_
