// The stacks that a thread needs to run WebAssembly: one for the code, and one
// for the handler of its faults.
#ifndef WASIJIT_RUNTIME_PLATFORM_THREAD_STACKS_H_
#define WASIJIT_RUNTIME_PLATFORM_THREAD_STACKS_H_

#include <cstddef>

#include "absl/status/status.h"

namespace wasijit {

// Inaccessible bytes below a WebAssembly stack. Code touches every 64 KiB of a
// larger frame, so nothing steps over it.
inline constexpr size_t kStackGuardSize = size_t{1} << 20;

// Least size of the alternate signal stack. A smaller one that the thread has
// is replaced while the thread lives.
inline constexpr size_t kSignalStackSize = size_t{128} << 10;

// Gives the calling thread a WebAssembly stack of `stack_size` usable bytes,
// rounded up to pages, and a signal stack, and fills in current_thread. Does
// nothing if it has them already; a stack of another size is replaced unless
// WebAssembly is active on it. The thread's end frees everything.
// ResourceExhausted if the system refuses; FailedPrecondition if the thread is
// ending or handles a signal on a stack that is too small.
absl::Status PrepareThread(size_t stack_size);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_THREAD_STACKS_H_
