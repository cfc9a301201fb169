#include "runtime/memory.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/module/types.h"
#include "runtime/parking_lot.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

constexpr size_t kGiB = size_t{1} << 30;
// Below the prefix: a wrong address that is negative meets nothing.
constexpr size_t kGuardBelow = 2 * kGiB;
// From byte 0: any i32 index, any i32 offset, the widest access.
constexpr size_t kGuardedExtent = 8 * kGiB + (size_t{64} << 10);
// Large pages can then back the memory.
constexpr size_t kBaseAlignment = size_t{2} << 20;
constexpr size_t kGuardAbove = size_t{64} << 10;

// In bytes. A memory of 32-bit addresses has at most 2^32 bytes, and a number
// of pages that an i32 can hold.
uint64_t MaxSize(const MemoryType& type) {
  uint64_t pages = std::numeric_limits<uint64_t>::max() >> type.page_size_log2;
  if (!type.limits.is64) {
    pages = std::min<uint64_t>(std::numeric_limits<uint32_t>::max(),
                               (uint64_t{4} << 30) >> type.page_size_log2);
  }
  return std::min(pages, type.limits.max.value_or(pages))
         << type.page_size_log2;
}

}  // namespace

absl::StatusOr<Memory::Space> Memory::ReserveGuarded(uint64_t capacity,
                                                     size_t prefix_size) {
  ASSIGN_OR_RETURN(Reservation reservation,
                   Reservation::Create(kGuardBelow + prefix_size +
                                       kBaseAlignment + kGuardedExtent));
  const auto begin = reinterpret_cast<uintptr_t>(reservation.begin());
  const uintptr_t base =
      RoundUp(begin + kGuardBelow + prefix_size, kBaseAlignment);
  return Space{.reservation = std::move(reservation),
               .base_offset = base - begin,
               .capacity = capacity,
               .is_guarded = true};
}

absl::StatusOr<Memory::Space> Memory::ReserveExact(uint64_t capacity,
                                                   uint64_t min,
                                                   size_t prefix_size) {
  const size_t prefix_pages = RoundUp(prefix_size, PageSize());
  const size_t around = prefix_pages + kGuardAbove + PageSize();
  capacity =
      std::min(capacity, std::numeric_limits<uint64_t>::max() / 2 - around);
  while (true) {
    absl::StatusOr<Reservation> reservation =
        Reservation::Create(around + capacity);
    if (reservation.ok()) {
      return Space{.reservation = *std::move(reservation),
                   .base_offset = prefix_pages,
                   .capacity = capacity,
                   .is_guarded = false};
    }
    if (capacity <= min) return reservation.status();
    // The memory can then grow less far than its type allows.
    capacity = std::max(capacity / 2, min);
  }
}

absl::StatusOr<std::unique_ptr<Memory>> Memory::Create(const MemoryType& type,
                                                       uint64_t max_size,
                                                       size_t prefix_size) {
  const uint64_t capacity = std::min(MaxSize(type), max_size);
  if (type.limits.min > capacity >> type.page_size_log2) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "a memory of %d pages of %d bytes exceeds the limit of %d bytes",
        type.limits.min, type.PageSize(), capacity));
  }
  const uint64_t size = type.limits.min << type.page_size_log2;
  const bool wants_guard =
      !type.limits.is64 && type.page_size_log2 == kDefaultPageSizeLog2;
  absl::StatusOr<Space> space = wants_guard
                                    ? ReserveGuarded(capacity, prefix_size)
                                    : ReserveExact(capacity, size, prefix_size);
  if (!space.ok() && wants_guard) {
    space = ReserveExact(capacity, size, prefix_size);
  }
  RETURN_IF_ERROR(space.status());
  const size_t prefix_pages = RoundUp(prefix_size, PageSize());
  RETURN_IF_ERROR(space->reservation.Protect(space->base_offset - prefix_pages,
                                             prefix_pages + size,
                                             Protection::kReadWrite));
  return absl::WrapUnique(
      new Memory(type, *std::move(space), prefix_size, size));
}

Memory::Memory(const MemoryType& type, Space space, size_t prefix_size,
               uint64_t size)
    : type_(type),
      space_(std::move(space)),
      prefix_size_(prefix_size),
      vm_{.base = space_.reservation.begin() + space_.base_offset,
          .size = size},
      parking_lot_(type.shared ? std::make_unique<ParkingLot>() : nullptr) {}

MemoryType Memory::type() const {
  MemoryType type = type_;
  type.limits.min = pages();
  return type;
}

bool Memory::Write(uint64_t offset, absl::Span<const uint8_t> bytes) {
  const std::optional<absl::Span<uint8_t>> range = Range(offset, bytes.size());
  if (!range.has_value()) return false;
  if (type_.shared) {
    // Guests may access the same bytes meanwhile.
    for (size_t i = 0; i < bytes.size(); ++i) {
      std::atomic_ref((*range)[i]).store(bytes[i], std::memory_order_relaxed);
    }
  } else if (!bytes.empty()) {
    std::memcpy(range->data(), bytes.data(), bytes.size());
  }
  return true;
}

std::optional<uint64_t> Memory::Grow(uint64_t delta) {
  absl::MutexLock lock(&mutex_);
  const uint64_t old_size = vm_.size;
  const uint64_t old_pages = old_size >> type_.page_size_log2;
  if (delta > (space_.capacity - old_size) >> type_.page_size_log2) {
    return std::nullopt;
  }
  const uint64_t new_size = old_size + (delta << type_.page_size_log2);
  const uint64_t accessible = RoundUp(old_size, PageSize());
  if (new_size > accessible &&
      !space_.reservation
           .Protect(space_.base_offset + accessible, new_size - accessible,
                    Protection::kReadWrite)
           .ok()) {
    return std::nullopt;
  }
  std::atomic_ref(vm_.size).store(new_size, std::memory_order_release);
  return old_pages;
}

absl::Status Memory::ProtectPrefix(size_t size, Protection protection) {
  return space_.reservation.Protect(space_.base_offset - prefix_size_, size,
                                    protection);
}

MemoryRange Memory::range() const {
  return {.begin = reinterpret_cast<uintptr_t>(vm_.base),
          .end = reinterpret_cast<uintptr_t>(space_.reservation.begin()) +
                 space_.reservation.size()};
}

}  // namespace wasijit
