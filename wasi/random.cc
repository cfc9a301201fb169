// Random numbers.
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "runtime/interruption.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {
namespace {

// A few milliseconds of work: how long the call can keep a request to stop
// waiting.
constexpr size_t kChunk = 1 << 20;

}  // namespace

Result<void> Preview1::RandomGet(Buffer buf) {
  absl::Span<uint8_t> rest = buf.bytes;
  while (!rest.empty()) {
    if (InterruptRequested()) return std::unexpected(Errno::kIntr);
    const ssize_t filled =
        getrandom(rest.data(), std::min(rest.size(), kChunk), /*flags=*/0);
    if (filled < 0 && errno != EINTR) return HostError();
    if (filled > 0) rest.remove_prefix(static_cast<size_t>(filled));
  }
  return {};
}

}  // namespace wasijit::wasi
