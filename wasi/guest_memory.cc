#include "wasi/guest_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace wasijit::wasi {

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
      .userdata = ReadOnce<uint64_t>(record),
      .type = ReadOnce<Eventtype>(record + kSubscriptionType),
      .clock = ReadOnce<uint32_t>(record + layout_->clock_id),
      .timeout = ReadOnce<Timestamp>(record + layout_->timeout),
      .clock_flags = ReadOnce<uint16_t>(record + layout_->clock_flags),
      .fd = ReadOnce<Fd>(record + kSubscriptionFd),
  };
}

}  // namespace wasijit::wasi
