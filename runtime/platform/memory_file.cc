#include "runtime/platform/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace wasijit {
namespace {

// Linux 6.3: asks for a file that may be mapped executable, which systems can
// make the exception.
constexpr unsigned kExecutableMemfd = 0x10;

}  // namespace

MemoryFile MemoryFile::Create() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = memfd_create("wasijit code", kFlags | kExecutableMemfd);
  if (fd < 0 && errno == EINVAL) fd = memfd_create("wasijit code", kFlags);
  return MemoryFile(fd);
}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status CodeMemoryError(absl::string_view call) {
  return absl::ResourceExhaustedError(
      absl::StrFormat("cannot make code executable: %s",
                      absl::ErrnoToStatus(errno, call).message()));
}

}  // namespace wasijit
