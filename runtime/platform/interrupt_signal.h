// The signal by which one thread gets the attention of another.
#ifndef WASIJIT_RUNTIME_PLATFORM_INTERRUPT_SIGNAL_H_
#define WASIJIT_RUNTIME_PLATFORM_INTERRUPT_SIGNAL_H_

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include "absl/status/status.h"

namespace wasijit {

// Decides about a signal: true if it was meant for WebAssembly, and then
// `context` may have been changed so that the thread goes on elsewhere. Must be
// async-signal-safe.
using InterruptFilter = bool (*)(int signal, const siginfo_t& info,
                                 ucontext_t& context);

// Installs a handler of SIGURG, which programs ignore unless they ask for it.
// It runs on the thread's alternate stack, and system calls that it interrupts
// are not restarted. What the filter does not take goes to the handler that was
// installed before. Takes effect once; further calls do nothing. Thread-safe.
absl::Status InstallInterruptSignal(InterruptFilter filter);

// REQUIRES: InstallInterruptSignal; the thread has not ended.
void SendInterruptSignal(pthread_t thread);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_INTERRUPT_SIGNAL_H_
