#include "runtime/parking_lot.h"

#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>

#include "runtime/interruption.h"
#include "runtime/platform/futex.h"

namespace wasijit {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

// By a clock that nobody sets. Nothing if it is too far away to come.
std::optional<timespec> DeadlineAfter(int64_t timeout) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t nanoseconds = now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
  if (timeout < 0 ||
      timeout > std::numeric_limits<int64_t>::max() - nanoseconds) {
    return std::nullopt;
  }
  const int64_t end = nanoseconds + timeout;
  return timespec{.tv_sec = end / kNanosecondsPerSecond,
                  .tv_nsec = end % kNanosecondsPerSecond};
}

bool HasPassed(const timespec& time) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > time.tv_sec ||
         (now.tv_sec == time.tv_sec && now.tv_nsec >= time.tv_nsec);
}

}  // namespace

void ParkingLot::Waiter::Wake(uint32_t new_state) {
  state = new_state;
  FutexWake(state);
}

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
  const std::optional<timespec> deadline = DeadlineAfter(timeout);
  while (waiter.state == kWaiting && !InterruptRequested() &&
         !(deadline && HasPassed(*deadline))) {
    lock.unlock();
    FutexWait(waiter.state, kWaiting, deadline ? &*deadline : nullptr);
    lock.lock();
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
  if (waiter.state == kNotified) return Wakeup::kNotified;
  bucket.Remove(waiter);
  return waiter.state == kInterrupted || InterruptRequested()
             ? Wakeup::kInterrupted
             : Wakeup::kTimedOut;
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
    bucket.Remove(link)->Wake(kNotified);
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
      waiter->Wake(kInterrupted);
    }
  }
}

}  // namespace wasijit
