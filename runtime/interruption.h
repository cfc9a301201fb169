// Stopping WebAssembly from outside: an endless loop, and a function of the
// host that waits.
//
// It costs nothing until it happens: a signal finds the thread. In compiled
// code the handler makes it leave with TrapKind::kInterrupted. In the host,
// system calls that wait fail with EINTR, and who makes them asks
// InterruptRequested(). The signal is repeated until the thread has left, since
// it may come just before a system call starts to wait.
#ifndef WASIJIT_RUNTIME_INTERRUPTION_H_
#define WASIJIT_RUNTIME_INTERRUPTION_H_

#include <pthread.h>

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"

namespace wasijit {

// Whether the calling thread is to leave WebAssembly. Host functions that take
// long ask, and return TakeInterrupt() if so.
inline bool InterruptRequested() {
  return current_thread.is_interrupted.load(std::memory_order_relaxed);
}

// The trap with which a host function follows the request. Where WebAssembly
// has called the host and that WebAssembly again, the request stays until the
// outermost call ends.
Trap TakeInterrupt();

// Interrupts the thread that made it when the time is up.
class Watchdog {
 public:
  // If the thread has not left WebAssembly `patience` after that, calls
  // `give_up`, on another thread.
  static absl::StatusOr<std::unique_ptr<Watchdog>> Start(
      absl::Duration limit, absl::Duration patience = absl::InfiniteDuration(),
      std::function<void()> give_up = nullptr);
  // Withdraws the request if it has not been followed. REQUIRES: on the thread
  // that made it.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  Watchdog(absl::Duration limit, absl::Duration patience,
           std::function<void()> give_up);

  static void* Run(void* watchdog);
  void Watch() ABSL_LOCKS_EXCLUDED(mutex_);

  const absl::Duration limit_;
  const absl::Duration patience_;
  const std::function<void()> give_up_;
  const pthread_t watched_;
  ThreadState& state_;
  pthread_t watcher_ = {};
  absl::Mutex mutex_;
  bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_INTERRUPTION_H_
