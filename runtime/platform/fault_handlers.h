// The process's handlers of the signals by which faults of WebAssembly show.
#ifndef WASIJIT_RUNTIME_PLATFORM_FAULT_HANDLERS_H_
#define WASIJIT_RUNTIME_PLATFORM_FAULT_HANDLERS_H_

#include <signal.h>
#include <ucontext.h>

#include "absl/status/status.h"

namespace wasijit {

// Decides about a fault: true if it is WebAssembly's, and then `context` has
// been changed so that the thread goes on elsewhere. Must be
// async-signal-safe.
using FaultFilter = bool (*)(int signal, const siginfo_t& info,
                             ucontext_t& context);

// Installs handlers for SIGSEGV, SIGBUS, SIGILL, SIGTRAP and SIGFPE, which run
// on the thread's alternate stack. What the filter does not take goes to the
// handlers that were installed before, under the conditions (mask, flags) with
// which they were installed; if there were none, the process dies as it would
// have without us. Takes effect once; further calls do nothing. Thread-safe.
absl::Status InstallFaultHandlers(FaultFilter filter);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_FAULT_HANDLERS_H_
