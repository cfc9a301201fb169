#include "runtime/platform/code_arena.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/abi/code_image.h"
#include "runtime/platform/memory_file.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Places neither share a cache line nor need more alignment than this.
constexpr size_t kPlaceAlignment = 64;
constexpr size_t kFileSize = kPartDataDistance + CodeArena::kTextSize;

absl::Status Map(int fd, uint8_t* address, size_t offset, size_t size,
                 int protection) {
  if (mmap(address, size, protection, MAP_SHARED | MAP_FIXED, fd,
           static_cast<off_t>(offset)) == MAP_FAILED) {
    return CodeMemoryError("mmap");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CodeArena> CodeArena::Create() {
  const MemoryFile file = MemoryFile::Create();
  if (file.fd() < 0) return CodeMemoryError("memfd_create");
  if (ftruncate(file.fd(), kFileSize) != 0) return CodeMemoryError("ftruncate");
  ASSIGN_OR_RETURN(Reservation executable, Reservation::Create(kFileSize));
  ASSIGN_OR_RETURN(Reservation writable, Reservation::Create(kFileSize));
  RETURN_IF_ERROR(
      Map(file.fd(), executable.begin(), 0, kTextSize, PROT_READ | PROT_EXEC));
  RETURN_IF_ERROR(Map(file.fd(), executable.begin() + kPartDataDistance,
                      kPartDataDistance, kTextSize, PROT_READ));
  RETURN_IF_ERROR(
      Map(file.fd(), writable.begin(), 0, kFileSize, PROT_READ | PROT_WRITE));
  return CodeArena(std::move(executable), std::move(writable));
}

absl::StatusOr<CodeArena::Place> CodeArena::Allocate(size_t text_size,
                                                     size_t data_size) {
  const size_t size = std::max(text_size, data_size);
  if (size > kTextSize - used_) {
    return absl::ResourceExhaustedError(
        "the module has filled its memory for machine code");
  }
  const size_t offset = used_;
  used_ = std::min<size_t>(RoundUp(used_ + size, kPlaceAlignment), kTextSize);
  uint8_t* const writable = writable_.begin() + offset;
  return Place{.text = executable_.begin() + offset,
               .writable_text = writable,
               .writable_data = writable + kPartDataDistance};
}

}  // namespace wasijit
