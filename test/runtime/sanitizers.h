// What tests must know about the sanitizers they may be built with.
#ifndef WASIJIT_TEST_RUNTIME_SANITIZERS_H_
#define WASIJIT_TEST_RUNTIME_SANITIZERS_H_

#include <csignal>

namespace wasijit::test {

// RLIMIT_AS can be tested: the sanitizers that have shadow memory reserve
// terabytes of address space.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kCanLimitAddressSpace = false;
#else
inline constexpr bool kCanLimitAddressSpace = true;
#endif

// Removes handlers that turn a deadly signal into a report and an exit, so that
// death tests see the signal. Before fault handlers are installed, which would
// chain to them.
inline void LetFaultsKill() {
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE}) {
    std::signal(number, SIG_DFL);
  }
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_RUNTIME_SANITIZERS_H_
