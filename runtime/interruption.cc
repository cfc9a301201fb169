#include "runtime/interruption.h"

#include <pthread.h>
#include <signal.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/abi/trap.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/interrupt_signal.h"
#include "runtime/status/status_macros.h"
#include "runtime/trap_handler.h"

namespace wasijit {
namespace {

// Between signals to a thread that has not left yet.
constexpr absl::Duration kInterval = absl::Milliseconds(2);

}  // namespace

Trap TakeInterrupt() {
  ThreadState& thread = current_thread;
  if (thread.activation == nullptr || thread.activation->previous == nullptr) {
    thread.is_interrupted.store(false, std::memory_order_relaxed);
  }
  return Trap{.kind = TrapKind::kInterrupted};
}

Watchdog::Watchdog(absl::Duration limit, absl::Duration patience,
                   std::function<void()> give_up)
    : limit_(limit),
      patience_(patience),
      give_up_(std::move(give_up)),
      watched_(pthread_self()),
      state_(current_thread) {}

absl::StatusOr<std::unique_ptr<Watchdog>> Watchdog::Start(
    absl::Duration limit, absl::Duration patience,
    std::function<void()> give_up) {
  RETURN_IF_ERROR(InstallInterruptHandler());
  auto watchdog =
      absl::WrapUnique(new Watchdog(limit, patience, std::move(give_up)));
  // Signals of the process are for the threads that it had before.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error =
      pthread_create(&watchdog->watcher_, nullptr, &Run, watchdog.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    const absl::MutexLock lock(&watchdog->mutex_);
    watchdog->is_over_ = true;
    return absl::ErrnoToStatus(error, "cannot start the thread of a watchdog");
  }
  return watchdog;
}

Watchdog::~Watchdog() {
  {
    const absl::MutexLock lock(&mutex_);
    // It could not be started.
    if (is_over_) return;
    is_over_ = true;
  }
  pthread_join(watcher_, nullptr);
  state_.is_interrupted.store(false, std::memory_order_relaxed);
}

void* Watchdog::Run(void* watchdog) {
  static_cast<Watchdog*>(watchdog)->Watch();
  return nullptr;
}

void Watchdog::Watch() {
  const absl::MutexLock lock(&mutex_);
  const absl::Condition is_over(&is_over_);
  if (mutex_.AwaitWithTimeout(is_over, limit_)) return;
  state_.is_interrupted.store(true, std::memory_order_relaxed);
  const absl::Time end = absl::Now() + patience_;
  while (state_.is_interrupted.load(std::memory_order_relaxed)) {
    SendInterruptSignal(watched_);
    if (mutex_.AwaitWithTimeout(is_over, kInterval)) return;
    if (give_up_ != nullptr && absl::Now() > end) {
      give_up_();
      return;
    }
  }
}

}  // namespace wasijit
