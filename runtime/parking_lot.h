// Where the threads that share a memory wait for each other (threads proposal:
// memory.atomic.wait and memory.atomic.notify).
#ifndef WASIJIT_RUNTIME_PARKING_LOT_H_
#define WASIJIT_RUNTIME_PARKING_LOT_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace wasijit {

// Thread-safe. Must outlive all who wait in it.
class ParkingLot {
 public:
  // The numbers are the instruction's results, but for the last.
  enum class Wakeup : int32_t {
    kNotified = 0,
    kNotEqual = 1,
    kTimedOut = 2,
    kInterrupted = -1,
  };

  // Waits at the address until notified there, for at most `timeout`
  // nanoseconds; a negative timeout means for ever. Returns at once if the
  // address does not hold `expected`: a thread that changes it and then
  // notifies is never missed. Who is told to leave WebAssembly
  // (runtime/interruption.h) is interrupted.
  Wakeup Wait(const uint32_t* address, uint32_t expected, int64_t timeout);
  Wakeup Wait(const uint64_t* address, uint64_t expected, int64_t timeout);

  // Wakes the first `count` of those who wait at the address, in the order in
  // which they came, and returns how many there were.
  uint32_t Notify(const void* address, uint32_t count);

  // Wakes all, and lets nobody wait any more.
  void Interrupt();

 private:
  // Of a waiter.
  static constexpr uint32_t kWaiting = 0;
  static constexpr uint32_t kNotified = 1;
  static constexpr uint32_t kInterrupted = 2;

  // One waiting thread, on its stack.
  struct Waiter {
    const void* address;
    Waiter* next = nullptr;
    // No condition variable: signals do not end waiting for one.
    std::atomic<uint32_t> state = kWaiting;

    // REQUIRES: the bucket's mutex is held; afterwards this may be gone.
    void Wake(uint32_t new_state);
  };

  struct Bucket {
    std::mutex mutex;
    // In the order of arrival; guarded by the mutex.
    Waiter* first = nullptr;
    Waiter** end = &first;

    void Append(Waiter& waiter);
    // `link` points to the waiter. Returns it.
    Waiter* Remove(Waiter** link);
    void Remove(const Waiter& waiter);
  };

  template <typename T>
  Wakeup WaitFor(const T* address, T expected, int64_t timeout);
  // Sleeps until notified, interrupted or late.
  void Sleep(Waiter& waiter, std::unique_lock<std::mutex>& lock,
             int64_t timeout);
  Bucket& BucketOf(const void* address);

  std::array<Bucket, 64> buckets_;
  std::atomic<bool> is_interrupted_ = false;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PARKING_LOT_H_
