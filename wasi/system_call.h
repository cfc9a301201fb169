// System calls that take time: repeated when a signal interrupts them, and
// blocking exactly when the guest wants them to.
#ifndef WASIJIT_WASI_SYSTEM_CALL_H_
#define WASIJIT_WASI_SYSTEM_CALL_H_

#include <poll.h>
#include <sys/types.h>

#include <cerrno>
#include <limits>
#include <memory>

#include "runtime/interruption.h"
#include "wasi/call_lock.h"
#include "wasi/descriptor.h"
#include "wasi/errno.h"
#include "wasi/host_errno.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// A position in a file, or kInval: the host's are signed.
inline Result<off_t> HostOffset(Filesize offset) {
  if (offset > static_cast<Filesize>(std::numeric_limits<off_t>::max())) {
    return std::unexpected(Errno::kInval);
  }
  return static_cast<off_t>(offset);
}

// Whether a call that failed with errno EINTR is to be repeated: a signal of
// the host's is not the guest's business, unless it is to be stopped. Then
// kIntr is what the call fails with.
inline bool IsRepeated(int host_errno) {
  return host_errno == EINTR && !InterruptRequested();
}

// Makes a call that returns -1 on failure, until it is not interrupted.
template <typename Call>
Result<void> Repeat(Call call) {
  for (;;) {
    if (call() >= 0) return {};
    if (!IsRepeated(errno)) return HostError();
  }
}

// Waits until one of `events` (poll.h) can be done without blocking.
Result<void> AwaitReady(int fd, short events);

// kAgain unless it can be done now.
Result<void> RequireReady(int fd, short events);

// What lets a call use the descriptor during a CallLock::Pause.
inline std::shared_ptr<const Descriptor> KeepWhilePaused(
    const Descriptor& file) {
  return CallLock::IsHeld() ? file.shared_from_this() : nullptr;
}

// Makes a call that transfers data and returns the count of bytes, or -1. If
// the descriptor is nonblocking for the guest, fails with kAgain rather than
// block; if not, waits when the host's descriptor is nonblocking.
template <typename Call>
Result<Size> Transfer(const Descriptor& file, short events, Call call) {
  const bool nonblocking = HasAny(file.flags, Fdflags::kNonblock) &&
                           file.filetype != Filetype::kRegularFile;
  if (nonblocking) {
    WASI_RETURN_IF_ERROR(RequireReady(file.file.fd(), events));
  }
  const std::shared_ptr<const Descriptor> kept = KeepWhilePaused(file);
  const CallLock::Pause pause;
  for (;;) {
    const ssize_t count = call();
    if (count >= 0) [[likely]]
      return static_cast<Size>(count);
    if (errno == EAGAIN && !nonblocking) {
      WASI_RETURN_IF_ERROR(AwaitReady(file.file.fd(), events));
    } else if (!IsRepeated(errno)) {
      return HostError();
    }
  }
}

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_SYSTEM_CALL_H_
