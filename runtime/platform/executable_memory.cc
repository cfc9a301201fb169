#include "runtime/platform/executable_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/memory_file.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

absl::Status WriteAndSeal(int fd, absl::Span<const uint8_t> bytes) {
  for (size_t written = 0; written < bytes.size();) {
    const ssize_t count =
        pwrite(fd, bytes.data() + written, bytes.size() - written,
               static_cast<off_t>(written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return CodeMemoryError("pwrite");
    written += static_cast<size_t>(count);
  }
  if (fcntl(fd, F_ADD_SEALS,
            F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return CodeMemoryError("F_ADD_SEALS");
  }
  return absl::OkStatus();
}

absl::Status MapPart(int fd, uint8_t* address, size_t offset, size_t size,
                     int protection) {
  if (size == 0) return absl::OkStatus();
  if (mmap(address, size, protection, MAP_PRIVATE | MAP_FIXED, fd,
           static_cast<off_t>(offset)) == MAP_FAILED) {
    return CodeMemoryError("mmap");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExecutableMemory> ExecutableMemory::Create(
    absl::Span<const uint8_t> bytes, size_t data_offset) {
  if (bytes.empty()) return ExecutableMemory();
  ASSIGN_OR_RETURN(Reservation mapping, Reservation::Create(bytes.size()));
  const MemoryFile file = MemoryFile::Create();
  if (file.fd() < 0) return CodeMemoryError("memfd_create");
  RETURN_IF_ERROR(WriteAndSeal(file.fd(), bytes));
  const size_t text_size = std::min(data_offset, mapping.size());
  RETURN_IF_ERROR(
      MapPart(file.fd(), mapping.begin(), 0, text_size, PROT_READ | PROT_EXEC));
  RETURN_IF_ERROR(MapPart(file.fd(), mapping.begin() + text_size, text_size,
                          mapping.size() - text_size, PROT_READ));
  MakeCodeVisible(mapping.begin(), text_size);
  return ExecutableMemory(std::move(mapping));
}

}  // namespace wasijit
