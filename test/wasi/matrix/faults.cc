#include "test/wasi/matrix/faults.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <utility>

namespace wasijit::wasi {
namespace {

Faults* current = nullptr;

}  // namespace

Faults::Faults(Decide decide) : decide_(std::move(decide)) { current = this; }

Faults::~Faults() { current = nullptr; }

Fault Faults::Next(const char* function) {
  if (current == nullptr) return {};
  current->calls_.emplace_back(function);
  return current->decide_(function);
}

namespace {

// Up to `limit` bytes of a list.
std::vector<iovec> Limited(const iovec* list, int count, size_t limit) {
  std::vector<iovec> limited;
  for (int i = 0; i < count && limit > 0; ++i) {
    iovec entry = list[i];
    entry.iov_len = std::min(entry.iov_len, limit);
    limit -= entry.iov_len;
    limited.push_back(entry);
  }
  return limited;
}

}  // namespace
}  // namespace wasijit::wasi

using wasijit::wasi::Fault;
using wasijit::wasi::Faults;
using wasijit::wasi::Limited;

// Of functions that have nothing to limit.
#define WRAP(result, name, parameters, arguments) \
  extern "C" result __real_##name parameters;     \
  extern "C" result __wrap_##name parameters {    \
    const Fault fault = Faults::Next(#name);      \
    if (fault.error != 0) {                       \
      errno = fault.error;                        \
      return -1;                                  \
    }                                             \
    return __real_##name arguments;               \
  }
#define WRAP_TRANSFER(name, parameters, ...)                              \
  extern "C" ssize_t __real_##name parameters;                            \
  extern "C" ssize_t __wrap_##name parameters {                           \
    const Fault fault = Faults::Next(#name);                              \
    if (fault.error != 0) {                                               \
      errno = fault.error;                                                \
      return -1;                                                          \
    }                                                                     \
    const std::vector<iovec> limited = Limited(list, count, fault.limit); \
    return __real_##name(fd, limited.data(),                              \
                         static_cast<int>(limited.size()) __VA_OPT__(, )  \
                             __VA_ARGS__);                                \
  }

WRAP_TRANSFER(readv, (int fd, const iovec* list, int count))
WRAP_TRANSFER(writev, (int fd, const iovec* list, int count))
WRAP_TRANSFER(preadv, (int fd, const iovec* list, int count, off_t at), at)
WRAP_TRANSFER(pwritev, (int fd, const iovec* list, int count, off_t at), at)
WRAP(ssize_t, read, (int fd, void* buffer, size_t size),
     (fd, buffer, std::min(size, fault.limit)))
WRAP(ssize_t, write, (int fd, const void* buffer, size_t size),
     (fd, buffer, std::min(size, fault.limit)))
WRAP(ssize_t, pread, (int fd, void* buffer, size_t size, off_t at),
     (fd, buffer, std::min(size, fault.limit), at))
WRAP(ssize_t, pwrite, (int fd, const void* buffer, size_t size, off_t at),
     (fd, buffer, std::min(size, fault.limit), at))
WRAP(int, fstat, (int fd, struct stat* stat), (fd, stat))
WRAP(int, fstatat, (int fd, const char* name, struct stat* stat, int flags),
     (fd, name, stat, flags))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, fallocate, (int fd, int mode, off_t at, off_t size),
     (fd, mode, at, size))
WRAP(ssize_t, getrandom, (void* buffer, size_t size, unsigned flags),
     (buffer, std::min(size, fault.limit), flags))
WRAP(int, ppoll,
     (pollfd * fds, nfds_t count, const timespec* timeout,
      const sigset_t* mask),
     (fds, count, timeout, mask))
WRAP(int, mkdirat, (int fd, const char* name, mode_t mode), (fd, name, mode))
WRAP(int, unlinkat, (int fd, const char* name, int flags), (fd, name, flags))
WRAP(int, renameat, (int from, const char* old, int to, const char* name),
     (from, old, to, name))
WRAP(int, linkat,
     (int from, const char* old, int to, const char* name, int flags),
     (from, old, to, name, flags))
WRAP(int, symlinkat, (const char* target, int fd, const char* name),
     (target, fd, name))
WRAP(ssize_t, readlinkat, (int fd, const char* name, char* buffer, size_t size),
     (fd, name, buffer, size))
WRAP(int, futimens, (int fd, const timespec* times), (fd, times))
WRAP(int, utimensat,
     (int fd, const char* name, const timespec* times, int flags),
     (fd, name, times, flags))
WRAP(off_t, lseek, (int fd, off_t offset, int whence), (fd, offset, whence))
WRAP(int, accept4, (int fd, sockaddr* address, socklen_t* size, int flags),
     (fd, address, size, flags))
WRAP(ssize_t, sendmsg, (int fd, const msghdr* message, int flags),
     (fd, message, flags))
WRAP(ssize_t, recvmsg, (int fd, msghdr* message, int flags),
     (fd, message, flags))

// The descriptor is gone even if it says that something went wrong.
extern "C" int __real_close(int fd);
extern "C" int __wrap_close(int fd) {
  const Fault fault = Faults::Next("close");
  const int result = __real_close(fd);
  if (fault.error == 0) return result;
  errno = fault.error;
  return -1;
}

extern "C" int __wrap_openat(int fd, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  const Fault fault = Faults::Next("openat");
  if (fault.error != 0) {
    errno = fault.error;
    return -1;
  }
  return openat64(fd, name, flags, mode);
}

// openat2 and getdents64, which take up to four arguments.
extern "C" long __real_syscall(long number, ...);
extern "C" long __wrap_syscall(long number, ...) {
  va_list more;
  va_start(more, number);
  long arguments[4];
  for (long& argument : arguments) argument = va_arg(more, long);
  va_end(more);
  const Fault fault =
      Faults::Next(number == SYS_getdents64 ? "getdents64" : "openat2");
  if (fault.error != 0) {
    errno = fault.error;
    return -1;
  }
  return __real_syscall(number, arguments[0], arguments[1], arguments[2],
                        arguments[3]);
}
