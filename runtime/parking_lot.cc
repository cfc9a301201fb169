#include "runtime/parking_lot.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace wasijit {

void ParkingLot::Bucket::Append(Waiter& waiter) {
  *end = &waiter;
  end = &waiter.next;
}

ParkingLot::Waiter* ParkingLot::Bucket::Remove(Waiter** link) {
  Waiter* const waiter = *link;
  *link = waiter->next;
  if (end == &waiter->next) end = link;
  return waiter;
}

void ParkingLot::Bucket::Remove(const Waiter& waiter) {
  Waiter** link = &first;
  while (*link != &waiter) link = &(*link)->next;
  Remove(link);
}

ParkingLot::Bucket& ParkingLot::BucketOf(const void* address) {
  const auto number = reinterpret_cast<uintptr_t>(address);
  // Locks that lie side by side, and those at the same place of pages.
  return buckets_[(number / 4 + number / 4096) % buckets_.size()];
}

void ParkingLot::Sleep(Waiter& waiter, std::unique_lock<std::mutex>& lock,
                       int64_t timeout) {
  using Clock = std::chrono::steady_clock;
  const auto is_over = [&] { return waiter.is_notified || is_interrupted_; };
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds duration(timeout);
  if (timeout < 0 || duration > Clock::time_point::max() - now) {
    waiter.wakeup.wait(lock, is_over);
  } else {
    waiter.wakeup.wait_until(lock, now + duration, is_over);
  }
}

template <typename T>
ParkingLot::Wakeup ParkingLot::WaitFor(const T* address, T expected,
                                       int64_t timeout) {
  Bucket& bucket = BucketOf(address);
  std::unique_lock<std::mutex> lock(bucket.mutex);
  if (is_interrupted_) return Wakeup::kInterrupted;
  if (std::atomic_ref(const_cast<T&>(*address)).load() != expected) {
    return Wakeup::kNotEqual;
  }
  Waiter waiter = {.address = address};
  bucket.Append(waiter);
  Sleep(waiter, lock, timeout);
  if (waiter.is_notified) return Wakeup::kNotified;
  bucket.Remove(waiter);
  return is_interrupted_ ? Wakeup::kInterrupted : Wakeup::kTimedOut;
}

ParkingLot::Wakeup ParkingLot::Wait(const uint32_t* address, uint32_t expected,
                                    int64_t timeout) {
  return WaitFor(address, expected, timeout);
}

ParkingLot::Wakeup ParkingLot::Wait(const uint64_t* address, uint64_t expected,
                                    int64_t timeout) {
  return WaitFor(address, expected, timeout);
}

uint32_t ParkingLot::Notify(const void* address, uint32_t count) {
  Bucket& bucket = BucketOf(address);
  const std::lock_guard<std::mutex> lock(bucket.mutex);
  uint32_t notified = 0;
  Waiter** link = &bucket.first;
  while (*link != nullptr && notified < count) {
    if ((*link)->address != address) {
      link = &(*link)->next;
      continue;
    }
    Waiter* const waiter = bucket.Remove(link);
    waiter->is_notified = true;
    // Under the lock: afterwards the waiter may be gone.
    waiter->wakeup.notify_one();
    ++notified;
  }
  return notified;
}

void ParkingLot::Interrupt() {
  is_interrupted_ = true;
  for (Bucket& bucket : buckets_) {
    const std::lock_guard<std::mutex> lock(bucket.mutex);
    for (Waiter* waiter = bucket.first; waiter != nullptr;
         waiter = waiter->next) {
      waiter->wakeup.notify_one();
    }
  }
}

}  // namespace wasijit
