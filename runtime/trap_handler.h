// Which faults of the process are traps of WebAssembly.
#ifndef WASIJIT_RUNTIME_TRAP_HANDLER_H_
#define WASIJIT_RUNTIME_TRAP_HANDLER_H_

#include "absl/status/status.h"

namespace wasijit {

// From now on these are traps, on every thread:
// - in compiled code, a trap instruction of the compiler, or an integer
//   division that the CPU refuses;
// - in compiled code, an access of a memory of the running store beyond its
//   size;
// - in compiled code or at a host function's entry, running into the guard of
//   the thread's WebAssembly stack.
// All other faults, those of host functions above all, go where they would have
// gone before (fault_handlers.h). Thread-safe; takes effect once.
absl::Status InstallTrapHandler();

// From now on, a thread that gets SIGURG while its
// ThreadState::is_interrupted is set leaves the compiled code that it runs
// with TrapKind::kInterrupted. In other code the signal makes blocking system
// calls fail with EINTR; one that nobody asked for goes to the handler that was
// there before, if any. Thread-safe; takes effect once.
absl::Status InstallInterruptHandler();

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_TRAP_HANDLER_H_
