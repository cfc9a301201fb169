#include "runtime/platform/fault_handlers.h"

#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/platform/virtual_memory.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

// Installing happens once per process: each case has one of its own.

bool TakeNothing(int, const siginfo_t&, ucontext_t&) { return false; }

Reservation* fixable = nullptr;

// Repairs the page whose absence caused the fault.
bool MakeAccessible(int, const siginfo_t& info, ucontext_t&) {
  if (info.si_addr != fixable->begin()) return false;
  return fixable->Protect(0, 1, Protection::kReadWrite).ok();
}

void Fault() { *static_cast<volatile int*>(nullptr) = 1; }

void Handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = flags | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(signal, &action, nullptr);
}

bool IsBlocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

TEST(FaultHandlersDeathTest, WhatTheFilterTakesGoesOn) {
  EXPECT_EXIT(
      {
        auto page = Reservation::Create(1);
        fixable = &*page;
        static_cast<void>(InstallFaultHandlers(MakeAccessible));
        *const_cast<volatile uint8_t*>(page->begin()) = 5;
        _exit(page->begin()[0]);
      },
      ExitedWithCode(5), "");
}

TEST(FaultHandlersDeathTest, WithoutOtherHandlersTheProcessDies) {
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_DFL);
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        Fault();
        _exit(0);
      },
      KilledBySignal(SIGSEGV), "");
}

TEST(FaultHandlersDeathTest, FaultsCannotBeIgnoredButSentSignalsCan) {
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_IGN);
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        raise(SIGSEGV);
        if (write(STDERR_FILENO, "alive\n", 6) != 6) _exit(1);
        Fault();
        _exit(0);
      },
      KilledBySignal(SIGSEGV), "alive");
}

TEST(FaultHandlersDeathTest, EarlierHandlersRunUnderTheirMask) {
  for (const bool defers : {true, false}) {
    EXPECT_EXIT(
        {
          static bool expects_blocked;
          expects_blocked = defers;
          Handle(
              SIGSEGV,
              [](int, siginfo_t* info, void*) {
                const bool is_as_asked =
                    IsBlocked(SIGUSR1) &&
                    IsBlocked(SIGSEGV) == expects_blocked &&
                    info->si_addr == nullptr;
                _exit(is_as_asked ? 3 : 1);
              },
              defers ? 0 : SA_NODEFER);
          static_cast<void>(InstallFaultHandlers(TakeNothing));
          Fault();
          _exit(0);
        },
        ExitedWithCode(3), "");
  }
}

TEST(FaultHandlersDeathTest, EarlierHandlersWithoutInformationAreCalled) {
  EXPECT_EXIT(
      {
        signal(SIGFPE, [](int signal) { _exit(signal); });
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        raise(SIGFPE);
        _exit(0);
      },
      ExitedWithCode(SIGFPE), "");
}

TEST(FaultHandlersDeathTest, OneShotHandlersRunOnce) {
  EXPECT_EXIT(
      {
        Handle(
            SIGSEGV,
            [](int, siginfo_t*, void*) {
              static_cast<void>(write(STDERR_FILENO, "once;", 5));
            },
            static_cast<int>(SA_RESETHAND));
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        // The handler repairs nothing, so the fault comes again.
        Fault();
        _exit(0);
      },
      KilledBySignal(SIGSEGV), "^once;$");
}

TEST(FaultHandlersDeathTest, AFaultInAnEarlierHandlerKills) {
  EXPECT_EXIT(
      {
        Handle(SIGSEGV, [](int, siginfo_t*, void*) { Fault(); }, 0);
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        Fault();
        _exit(0);
      },
      KilledBySignal(SIGSEGV), "");
}

TEST(FaultHandlersDeathTest, InstallingAgainChangesNothing) {
  EXPECT_EXIT(
      {
        Handle(SIGBUS, [](int, siginfo_t*, void*) { _exit(6); }, 0);
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        static_cast<void>(InstallFaultHandlers(TakeNothing));
        raise(SIGBUS);
        _exit(0);
      },
      ExitedWithCode(6), "");
}

}  // namespace
}  // namespace wasijit
