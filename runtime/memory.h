// A linear memory (specification, 4.2.8).
#ifndef WASIJIT_RUNTIME_MEMORY_H_
#define WASIJIT_RUNTIME_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"
#include "runtime/parking_lot.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/virtual_memory.h"

namespace wasijit {

// The base never moves. Owned by a store, or, if it is shared, by all stores
// that have it (Store::AddShared). The threads of a shared memory may grow it
// and read its size at the same time. What it holds changes at any time: the
// host must read what it decides upon only once, and not as plain objects.
//
//   guard 2 GiB | prefix | size ... capacity | guard
//
// A 32-bit memory with 64 KiB pages is guarded: wherever an i32 index plus an
// i32 offset leads, there is the memory or inaccessible space. If the system
// refuses the address space for that, and for all other memories, only as much
// is reserved as the memory may grow to, and code must check every access.
class Memory : public std::enable_shared_from_this<Memory> {
 public:
  // `prefix_size` bytes of zeros lie just below byte 0, readable and writable:
  // room for the context of the instance whose memory 0 this is. `max_size` is
  // a limit in bytes beside the type's. ResourceExhausted if the memory does
  // not fit into `max_size` or the system has no room.
  static absl::StatusOr<std::unique_ptr<Memory>> Create(const MemoryType& type,
                                                        uint64_t max_size,
                                                        size_t prefix_size = 0);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // As declared, with the present size as the minimum.
  MemoryType type() const;
  // In bytes.
  uint64_t size() const {
    return std::atomic_ref(const_cast<uint64_t&>(vm_.size))
        .load(std::memory_order_acquire);
  }
  uint64_t pages() const { return size() >> type_.page_size_log2; }
  bool is_guarded() const { return space_.is_guarded; }

  // Byte 0. Valid and unchanged for the memory's life, up to size().
  uint8_t* data() const { return vm_.base; }
  absl::Span<uint8_t> bytes() const { return {data(), size()}; }
  // The range of guest memory, or nothing if it is out of bounds.
  std::optional<absl::Span<uint8_t>> Range(uint64_t offset,
                                           uint64_t count) const {
    const uint64_t available = size();
    if (offset > available || count > available - offset) return std::nullopt;
    return absl::Span<uint8_t>(data() + offset, count);
  }

  // Copies the bytes to the offset. False if they would be out of bounds; then
  // nothing is written.
  bool Write(uint64_t offset, absl::Span<const uint8_t> bytes);

  // Where threads wait for changes. Null unless the memory is shared.
  ParkingLot* parking_lot() const { return parking_lot_.get(); }

  // Adds `delta` pages of zeros and returns the previous size in pages, or
  // nothing if the memory cannot grow that far.
  std::optional<uint64_t> Grow(uint64_t delta) ABSL_LOCKS_EXCLUDED(mutex_);

  // Forbids writing the first `size` bytes of the prefix, or allows it again.
  // REQUIRES: prefix and `size` are multiples of the system's page size.
  absl::Status ProtectPrefix(size_t size, Protection protection);

  VmMemory* vm() { return &vm_; }
  // Where an access of this memory faults: from byte 0 to the reservation's
  // end.
  MemoryRange range() const;

 private:
  // Address space for a memory.
  struct Space {
    Reservation reservation;
    // Of byte 0 in the reservation.
    size_t base_offset;
    // Bytes that the memory can grow to.
    uint64_t capacity;
    bool is_guarded;
  };

  static absl::StatusOr<Space> ReserveGuarded(uint64_t capacity,
                                              size_t prefix_size);
  static absl::StatusOr<Space> ReserveExact(uint64_t capacity, uint64_t min,
                                            size_t prefix_size);

  Memory(const MemoryType& type, Space space, size_t prefix_size,
         uint64_t size);

  const MemoryType type_;
  Space space_;
  const size_t prefix_size_;
  // Held while growing.
  absl::Mutex mutex_;
  VmMemory vm_;
  const std::unique_ptr<ParkingLot> parking_lot_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MEMORY_H_
