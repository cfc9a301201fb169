#include "wasi/system_call.h"

namespace wasijit::wasi {

Result<void> AwaitReady(int fd, short events) {
  pollfd entry = {.fd = fd, .events = events, .revents = 0};
  return Repeat([&] { return poll(&entry, 1, /*timeout=*/-1); });
}

Result<void> RequireReady(int fd, short events) {
  pollfd entry = {.fd = fd, .events = events, .revents = 0};
  WASI_RETURN_IF_ERROR(Repeat([&] { return poll(&entry, 1, /*timeout=*/0); }));
  if (entry.revents == 0) return std::unexpected(Errno::kAgain);
  return {};
}

}  // namespace wasijit::wasi
