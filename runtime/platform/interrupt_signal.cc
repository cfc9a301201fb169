#include "runtime/platform/interrupt_signal.h"

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include <cerrno>

#include "absl/status/status.h"

namespace wasijit {
namespace {

constexpr int kSignal = SIGURG;

// Written before the handler is installed that reads them.
InterruptFilter interrupt_filter = nullptr;
struct sigaction previous_action;

void Handle(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (!interrupt_filter(signal, *info, *static_cast<ucontext_t*>(context))) {
    const struct sigaction& previous = previous_action;
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
      previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL &&
               previous.sa_handler != SIG_IGN) {
      previous.sa_handler(signal);
    }
  }
  errno = saved_errno;
}

absl::Status Install(InterruptFilter filter) {
  interrupt_filter = filter;
  if (sigaction(kSignal, nullptr, &previous_action) != 0) {
    return absl::ErrnoToStatus(errno, "sigaction SIGURG");
  }
  struct sigaction action = {};
  action.sa_sigaction = Handle;
  // Not SA_RESTART: a call that waits is to return.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(kSignal, &action, nullptr) != 0) {
    return absl::ErrnoToStatus(errno, "sigaction SIGURG");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InstallInterruptSignal(InterruptFilter filter) {
  static const absl::Status status = Install(filter);
  return status;
}

void SendInterruptSignal(pthread_t thread) {
  static_cast<void>(pthread_kill(thread, kSignal));
}

}  // namespace wasijit
