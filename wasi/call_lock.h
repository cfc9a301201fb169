// Calls of a program with several threads: one at a time, but for those that
// wait for the host.
#ifndef WASIJIT_WASI_CALL_LOCK_H_
#define WASIJIT_WASI_CALL_LOCK_H_

#include <mutex>
#include <utility>

namespace wasijit::wasi {

// Programs with one thread have none and pay for none.
class CallLock {
 public:
  // The duration of a call. Does nothing if `lock` is null.
  class Scope {
   public:
    explicit Scope(CallLock* lock) {
      if (lock == nullptr) return;
      lock->mutex_.lock();
      held_by_this_thread = lock;
    }
    ~Scope() {
      if (held_by_this_thread == nullptr) return;
      std::exchange(held_by_this_thread, nullptr)->mutex_.unlock();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

  // While it lives other threads may make calls, and for instance close what
  // this call uses: it has to hold on to that.
  class Pause {
   public:
    Pause() : lock_(std::exchange(held_by_this_thread, nullptr)) {
      if (lock_ != nullptr) lock_->mutex_.unlock();
    }
    ~Pause() {
      if (lock_ != nullptr) lock_->mutex_.lock();
      held_by_this_thread = lock_;
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    CallLock* const lock_;
  };

  // Whether a Pause would let others in.
  static bool IsHeld() { return held_by_this_thread != nullptr; }

 private:
  inline static thread_local constinit CallLock* held_by_this_thread = nullptr;

  std::mutex mutex_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_CALL_LOCK_H_
