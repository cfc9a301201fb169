// The guest's linear memory, and typed views of it: everything that a WASI call
// reads or writes there goes through these. Nothing is dereferenced before its
// range has been checked against the memory's size, in 64 bits.
//
// The memory never moves and never shrinks, so a checked range stays valid. In
// a shared memory other threads may change what it holds at any time: whatever
// is decided upon is copied out once.
#ifndef WASIJIT_WASI_GUEST_MEMORY_H_
#define WASIJIT_WASI_GUEST_MEMORY_H_

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <type_traits>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/errno.h"
#include "wasi/types.h"

namespace wasijit::wasi {

class GuestMemory {
 public:
  // An empty memory: every range but the empty ones is out of bounds.
  GuestMemory() = default;
  GuestMemory(uint8_t* base, uint64_t size) : base_(base), size_(size) {}

  // Errno::kFault unless all of [address, address + length) lies within. An
  // empty range lies within at any address: it is not dereferenced.
  Result<absl::Span<uint8_t>> Range(uint32_t address, uint64_t length) const {
    if (length == 0) return absl::Span<uint8_t>();
    if (length > size_ || address > size_ - length) {
      return std::unexpected(Errno::kFault);
    }
    return absl::Span<uint8_t>(base_ + address, length);
  }

  // The same for `count` objects that must be aligned to `alignment`.
  Result<absl::Span<uint8_t>> Array(uint32_t address, uint32_t count,
                                    uint32_t size, uint32_t alignment) const {
    if (count != 0 && address % alignment != 0) {
      return std::unexpected(Errno::kFault);
    }
    return Range(address, uint64_t{count} * size);
  }

 private:
  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
};

// The unsigned integer that is aligned like T.
template <typename T>
using WordOf = std::conditional_t<
    alignof(T) == 8, uint64_t,
    std::conditional_t<alignof(T) == 4, uint32_t,
                       std::conditional_t<alignof(T) == 2, uint16_t, uint8_t>>>;

// Copies an aligned object, each word of it by a single load: what is then
// checked is what is then used, whatever other threads write meanwhile.
template <typename T>
T ReadOnce(const uint8_t* bytes) {
  using Word = WordOf<T>;
  std::array<Word, sizeof(T) / sizeof(Word)> words;
  for (size_t i = 0; i < words.size(); ++i) {
    words[i] = __atomic_load_n(reinterpret_cast<const Word*>(bytes) + i,
                               __ATOMIC_RELAXED);
  }
  return std::bit_cast<T>(words);
}

// The alignment of a type of types.h in the guest, which is the host's.
template <typename T>
inline constexpr uint32_t kGuestAlignment = alignof(T);

// The guest's pointer to one or more T.
template <typename T>
class Pointer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Pointer(GuestMemory memory, uint32_t address)
      : memory_(memory), address_(address) {}

  uint32_t address() const { return address_; }

  // The pointer to the object `index` places further.
  Pointer At(uint32_t index) const {
    return Pointer(memory_, address_ + index * sizeof(T));
  }

  // Errno::kFault unless `count` objects can be accessed.
  Result<void> Check(uint32_t count) const {
    WASI_RETURN_IF_ERROR(
        memory_.Array(address_, count, sizeof(T), kGuestAlignment<T>));
    return {};
  }

  Result<T> Read() const {
    WASI_ASSIGN_OR_RETURN(
        absl::Span<uint8_t> bytes,
        memory_.Array(address_, 1, sizeof(T), kGuestAlignment<T>));
    return ReadOnce<T>(bytes.data());
  }

  Result<void> Write(const T& value) const {
    WASI_ASSIGN_OR_RETURN(
        absl::Span<uint8_t> bytes,
        memory_.Array(address_, 1, sizeof(T), kGuestAlignment<T>));
    std::memcpy(bytes.data(), &value, sizeof(T));
    return {};
  }

  Result<void> WriteAll(absl::Span<const T> values) const {
    WASI_ASSIGN_OR_RETURN(
        absl::Span<uint8_t> bytes,
        memory_.Array(address_, values.size(), sizeof(T), kGuestAlignment<T>));
    if (!bytes.empty()) {
      std::memcpy(bytes.data(), values.data(), bytes.size());
    }
    return {};
  }

 private:
  GuestMemory memory_;
  uint32_t address_;
};

// A range of bytes for the call to fill.
struct Buffer {
  absl::Span<uint8_t> bytes;
};

// The same for text, and for directory entries.
struct TextBuffer : Buffer {
  TextBuffer() = default;
  TextBuffer(Buffer buffer) : Buffer(buffer) {}  // NOLINT(*-explicit-*)
};
struct DirentBuffer : Buffer {
  DirentBuffer() = default;
  DirentBuffer(Buffer buffer) : Buffer(buffer) {}  // NOLINT(*-explicit-*)
};

// A string of the guest's, which it may still change: copy before checking.
struct GuestString {
  absl::string_view text;
};

// The number of buffers that one call takes from a scatter or gather list: the
// system's limit. What lies beyond is left for the next call, as if the system
// had done less than asked.
inline constexpr uint32_t kMaxIovecs = 1024;

// A scatter or gather list, copied out of guest memory, with every buffer
// checked, but for empty ones. The system reads and writes guest memory through
// it.
class Iovecs {
 public:
  // Errno::kFault if the list or one of its first kMaxIovecs buffers is out of
  // bounds, or the list is misaligned.
  static Result<Iovecs> Read(GuestMemory memory, uint32_t address,
                             uint32_t count) {
    return ReadAs<Iovecs>(memory, address, count);
  }

  const iovec* data() const { return entries_.data(); }
  int size() const { return static_cast<int>(entries_.size()); }
  // Of the buffers together.
  uint64_t bytes() const { return bytes_; }

  // Drops what lies beyond the first `limit` bytes.
  void Truncate(uint64_t limit);

 protected:
  // Fills in a list of either type where the caller will have it.
  template <typename List>
  static Result<List> ReadAs(GuestMemory memory, uint32_t address,
                             uint32_t count) {
    Result<List> result;
    if (const Result<void> filled = result->Fill(memory, address, count);
        !filled) {
      result = std::unexpected(filled.error());
    }
    return result;
  }

 private:
  Result<void> Fill(GuestMemory memory, uint32_t address, uint32_t count) {
    WASI_ASSIGN_OR_RETURN(
        const absl::Span<uint8_t> list,
        memory.Array(address, count, sizeof(GuestIovec), alignof(GuestIovec)));
    const uint32_t taken = std::min(count, kMaxIovecs);
    for (uint32_t i = 0; i < taken; ++i) {
      const auto entry =
          ReadOnce<GuestIovec>(list.data() + i * sizeof(GuestIovec));
      WASI_ASSIGN_OR_RETURN(const absl::Span<uint8_t> range,
                            memory.Range(entry.address, entry.length));
      if (range.empty()) continue;
      entries_.push_back({range.data(), range.size()});
      bytes_ += range.size();
    }
    return {};
  }

  // Most programs pass one or two buffers.
  absl::InlinedVector<iovec, 4> entries_;
  uint64_t bytes_ = 0;
};

// A list that the call reads from.
class Ciovecs : public Iovecs {
 public:
  static Result<Ciovecs> Read(GuestMemory memory, uint32_t address,
                              uint32_t count) {
    return ReadAs<Ciovecs>(memory, address, count);
  }
};

// The subscriptions of poll_oneoff, in the layout of the guest's WASI version.
class SubscriptionArray {
 public:
  SubscriptionArray(GuestMemory memory, uint32_t address,
                    const SubscriptionLayout& layout)
      : memory_(memory), address_(address), layout_(&layout) {}

  uint32_t address() const { return address_; }

  // Errno::kFault unless `count` subscriptions can be read.
  Result<void> Check(uint32_t count) const {
    WASI_RETURN_IF_ERROR(
        memory_.Array(address_, count, layout_->size, alignof(uint64_t)));
    return {};
  }

  // REQUIRES: Check(count) succeeded for a count above `index`.
  Subscription Read(uint32_t index) const;

 private:
  GuestMemory memory_;
  uint32_t address_;
  const SubscriptionLayout* layout_;
};
struct UnstableSubscriptionArray : SubscriptionArray {
  using SubscriptionArray::SubscriptionArray;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_GUEST_MEMORY_H_
