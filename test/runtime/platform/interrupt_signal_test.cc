#include "runtime/platform/interrupt_signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using testing::ExitedWithCode;

// Installing happens once per process: each case has one of its own.

bool TakeEverything(int, const siginfo_t&, ucontext_t&) { return true; }
bool TakeNothing(int, const siginfo_t&, ucontext_t&) { return false; }

void Exit7(int) { _exit(7); }

TEST(InterruptSignalDeathTest, MakesASystemCallThatWaitsReturn) {
  EXPECT_EXIT(
      {
        static_cast<void>(InstallInterruptSignal(TakeEverything));
        int ends[2];
        if (pipe(ends) != 0) _exit(1);
        const pthread_t self = pthread_self();
        std::atomic<bool> over = false;
        std::thread sender([&] {
          while (!over) {
            SendInterruptSignal(self);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        });
        char byte;
        const bool interrupted = read(ends[0], &byte, 1) < 0 && errno == EINTR;
        over = true;
        sender.join();
        _exit(interrupted ? 3 : 1);
      },
      ExitedWithCode(3), "");
}

TEST(InterruptSignalDeathTest, WhatTheFilterLeavesGoesToTheHandlerBefore) {
  EXPECT_EXIT(
      {
        signal(SIGURG, Exit7);
        static_cast<void>(InstallInterruptSignal(TakeNothing));
        raise(SIGURG);
        _exit(1);
      },
      ExitedWithCode(7), "");
}

TEST(InterruptSignalDeathTest, IsIgnoredIfItWasBefore) {
  EXPECT_EXIT(
      {
        static_cast<void>(InstallInterruptSignal(TakeNothing));
        raise(SIGURG);
        _exit(0);
      },
      ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wasijit
