#include "runtime/platform/virtual_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"

namespace wasijit {
namespace {

int NativeProtection(Protection protection) {
  switch (protection) {
    case Protection::kNone:
      return PROT_NONE;
    case Protection::kRead:
      return PROT_READ;
    case Protection::kReadWrite:
      return PROT_READ | PROT_WRITE;
  }
  return PROT_NONE;
}

}  // namespace

size_t PageSize() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

absl::StatusOr<Reservation> Reservation::Create(size_t size) {
  if (size > std::numeric_limits<size_t>::max() - PageSize()) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("cannot reserve %d bytes of address space", size));
  }
  size = RoundUp(size, PageSize());
  if (size == 0) return Reservation();
  void* const begin =
      mmap(nullptr, size, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, /*fd=*/-1, 0);
  if (begin == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("cannot reserve %d bytes of address space: %s", size,
                        absl::ErrnoToStatus(errno, "mmap").message()));
  }
  return Reservation(static_cast<uint8_t*>(begin), size);
}

Reservation::~Reservation() {
  if (begin_ != nullptr) munmap(begin_, size_);
}

Reservation::Reservation(Reservation&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(size_, other.size_);
  return *this;
}

absl::Status Reservation::Protect(size_t offset, size_t size,
                                  Protection protection) {
  if (size == 0) return absl::OkStatus();
  if (mprotect(begin_ + offset, RoundUp(size, PageSize()),
               NativeProtection(protection)) != 0) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("cannot change the protection of %d bytes: %s", size,
                        absl::ErrnoToStatus(errno, "mprotect").message()));
  }
  return absl::OkStatus();
}

}  // namespace wasijit
