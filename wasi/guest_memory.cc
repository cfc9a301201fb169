#include "wasi/guest_memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace wasijit::wasi {
namespace {

// The unsigned integer that is aligned like T.
template <typename T>
using WordOf = std::conditional_t<
    alignof(T) == 8, uint64_t,
    std::conditional_t<alignof(T) == 4, uint32_t,
                       std::conditional_t<alignof(T) == 2, uint16_t, uint8_t>>>;

// Copies an aligned object, each word of it by a single load: what is then
// checked is what is then used, whatever other threads write meanwhile.
template <typename T>
T ReadAt(const uint8_t* bytes) {
  using Word = WordOf<T>;
  std::array<Word, sizeof(T) / sizeof(Word)> words;
  for (size_t i = 0; i < words.size(); ++i) {
    words[i] = __atomic_load_n(reinterpret_cast<const Word*>(bytes) + i,
                               __ATOMIC_RELAXED);
  }
  return std::bit_cast<T>(words);
}

}  // namespace

void Iovecs::Truncate(uint64_t limit) {
  bytes_ = std::min(bytes_, limit);
  uint64_t kept = 0;
  size_t count = 0;
  while (kept < bytes_) {
    iovec& entry = entries_[count++];
    entry.iov_len = std::min<uint64_t>(entry.iov_len, bytes_ - kept);
    kept += entry.iov_len;
  }
  entries_.resize(count);
}

Subscription SubscriptionArray::Read(uint32_t index) const {
  // Checked by the caller; this cannot fail.
  const auto bytes =
      memory_.Range(address_ + index * layout_->size, layout_->size);
  const uint8_t* record = bytes->data();
  return {
      .userdata = ReadAt<uint64_t>(record),
      .type = ReadAt<Eventtype>(record + kSubscriptionType),
      .clock = ReadAt<uint32_t>(record + layout_->clock_id),
      .timeout = ReadAt<Timestamp>(record + layout_->timeout),
      .clock_flags = ReadAt<uint16_t>(record + layout_->clock_flags),
      .fd = ReadAt<Fd>(record + kSubscriptionFd),
  };
}

}  // namespace wasijit::wasi
