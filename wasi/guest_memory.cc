#include "wasi/guest_memory.h"

#include <algorithm>

namespace wasijit::wasi {
namespace {

template <typename T>
T ReadAt(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

}  // namespace

Result<Iovecs> Iovecs::Read(GuestMemory memory, uint32_t address,
                            uint32_t count) {
  Result<Iovecs> result;
  auto list =
      memory.Array(address, count, sizeof(GuestIovec), alignof(GuestIovec));
  if (!list) {
    result = std::unexpected(list.error());
    return result;
  }
  const uint32_t taken = std::min(count, kMaxIovecs);
  for (uint32_t i = 0; i < taken; ++i) {
    const auto entry =
        ReadAt<GuestIovec>(list->data() + i * sizeof(GuestIovec));
    auto range = memory.Range(entry.address, entry.length);
    if (!range) {
      result = std::unexpected(range.error());
      return result;
    }
    if (range->empty()) continue;
    result->entries_.push_back({range->data(), range->size()});
    result->bytes_ += range->size();
  }
  return result;
}

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
