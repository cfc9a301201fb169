// Address space and pages.
#ifndef WASIJIT_RUNTIME_PLATFORM_VIRTUAL_MEMORY_H_
#define WASIJIT_RUNTIME_PLATFORM_VIRTUAL_MEMORY_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wasijit {

enum class Protection : uint8_t { kNone, kRead, kReadWrite };

// The system's page size in bytes; a power of two.
size_t PageSize();

// `size` rounded up to a multiple of `alignment`, a power of two.
// REQUIRES: the result is representable.
constexpr uint64_t RoundUp(uint64_t size, uint64_t alignment) {
  return (size + alignment - 1) & ~(alignment - 1);
}

// A range of address space that nobody else uses; inaccessible at first.
// Released by the destructor.
class Reservation {
 public:
  // Owns nothing.
  Reservation() = default;
  // `size` is rounded up to pages. ResourceExhausted if the system refuses.
  static absl::StatusOr<Reservation> Create(size_t size);
  ~Reservation();
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;

  uint8_t* begin() const { return begin_; }
  size_t size() const { return size_; }

  // Changes the protection of a part. Pages that become accessible for the
  // first time are zero. ResourceExhausted if memory is missing.
  // REQUIRES: `offset` is a multiple of the page size, the part lies within;
  // `size` is rounded up to pages.
  absl::Status Protect(size_t offset, size_t size, Protection protection);

 private:
  Reservation(uint8_t* begin, size_t size) : begin_(begin), size_(size) {}

  uint8_t* begin_ = nullptr;
  size_t size_ = 0;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_VIRTUAL_MEMORY_H_
