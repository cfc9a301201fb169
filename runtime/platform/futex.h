// Sleeping until another thread has changed a word.
#ifndef WASIJIT_RUNTIME_PLATFORM_FUTEX_H_
#define WASIJIT_RUNTIME_PLATFORM_FUTEX_H_

#include <time.h>

#include <atomic>
#include <cstdint>

namespace wasijit {

// Returns at once unless the word has the value; then when somebody wakes the
// thread, when a signal has been handled, at `deadline`, which is a time of
// CLOCK_MONOTONIC or null, and sometimes for no reason.
void FutexWait(const std::atomic<uint32_t>& word, uint32_t value,
               const timespec* deadline);

// Wakes one thread that waits for the word to change. The word may be gone.
void FutexWake(const std::atomic<uint32_t>& word);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_FUTEX_H_
