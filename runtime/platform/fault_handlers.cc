#include "runtime/platform/fault_handlers.h"

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wasijit {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};

struct PreviousAction {
  struct sigaction action;
  // SA_RESETHAND: its one call has happened.
  std::atomic<bool> used_up;
};

// Written before the handler is installed that reads them.
FaultFilter fault_filter = nullptr;
PreviousAction previous_actions[std::size(kSignals)];

PreviousAction* PreviousActionFor(int signal) {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    if (kSignals[i] == signal) return &previous_actions[i];
  }
  return nullptr;
}

// Lets the default action happen: the faulting instruction is repeated under
// it, so that the process dies (and dumps core) where it went wrong. A signal
// that no repetition brings back is sent again.
void DieByDefault(int signal, const siginfo_t& info) {
  struct sigaction default_action = {};
  default_action.sa_handler = SIG_DFL;
  sigaction(signal, &default_action, nullptr);
  const bool is_repeatable = info.si_code > 0 && signal != SIGTRAP;
  if (!is_repeatable) raise(signal);
}

void CallPrevious(const struct sigaction& action, int signal, siginfo_t* info,
                  void* context) {
  // As the kernel would have blocked signals for that handler.
  sigset_t mask = action.sa_mask;
  if ((action.sa_flags & SA_NODEFER) == 0) sigaddset(&mask, signal);
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, &static_cast<ucontext_t*>(context)->uc_sigmask,
                  &before);
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signal, info, context);
  } else {
    action.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void PassOn(int signal, siginfo_t* info, void* context) {
  PreviousAction& previous = *PreviousActionFor(signal);
  const struct sigaction& action = previous.action;
  const bool takes_info = (action.sa_flags & SA_SIGINFO) != 0;
  if (!takes_info && action.sa_handler == SIG_IGN) {
    // A fault cannot be ignored: the kernel kills. What somebody sent can.
    if (info->si_code > 0) DieByDefault(signal, *info);
    return;
  }
  const bool reset = (action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0;
  if ((!takes_info && action.sa_handler == SIG_DFL) ||
      (reset && previous.used_up.exchange(true))) {
    DieByDefault(signal, *info);
    return;
  }
  CallPrevious(action, signal, info, context);
}

void HandleFault(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (!fault_filter(signal, *info, *static_cast<ucontext_t*>(context))) {
    PassOn(signal, info, context);
  }
  errno = saved_errno;
}

absl::Status Install(int signal, PreviousAction& previous) {
  // Known before ours can be called.
  if (sigaction(signal, nullptr, &previous.action) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("sigaction ", signal));
  }
  struct sigaction action = {};
  action.sa_sigaction = HandleFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, &action, nullptr) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("sigaction ", signal));
  }
  return absl::OkStatus();
}

absl::Status InstallAll(FaultFilter filter) {
  fault_filter = filter;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    absl::Status status = Install(kSignals[i], previous_actions[i]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InstallFaultHandlers(FaultFilter filter) {
  static const absl::Status status = InstallAll(filter);
  return status;
}

}  // namespace wasijit
