// A file descriptor of the host, closed with its owner.
#ifndef WASIJIT_WASI_HOST_FILE_H_
#define WASIJIT_WASI_HOST_FILE_H_

#include <unistd.h>

#include <utility>

#include "wasi/errno.h"
#include "wasi/host_errno.h"

namespace wasijit::wasi {

class HostFile {
 public:
  HostFile() = default;
  // Takes over an open descriptor.
  static HostFile Own(int fd) { return HostFile(fd, /*owned=*/true); }
  // Uses a descriptor of the embedder's, such as its standard output.
  static HostFile Borrow(int fd) { return HostFile(fd, /*owned=*/false); }

  HostFile(HostFile&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(other.owned_) {}
  HostFile& operator=(HostFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~HostFile() {
    if (owned_ && fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }
  // Its status flags belong to others too, so they are not to be changed.
  bool is_borrowed() const { return !owned_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Closes and reports what the system says, such as a late write error. The
  // descriptor is gone in any case: Linux does not want close repeated.
  Result<void> Close() {
    const int fd = std::exchange(fd_, -1);
    if (owned_ && fd >= 0 && ::close(fd) != 0 && errno != EINTR) {
      return HostError();
    }
    return {};
  }

 private:
  HostFile(int fd, bool owned) : fd_(fd), owned_(owned) {}

  int fd_ = -1;
  bool owned_ = false;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_HOST_FILE_H_
