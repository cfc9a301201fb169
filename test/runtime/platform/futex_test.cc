#include "runtime/platform/futex.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(FutexTest, DoesNotSleepOverAChange) {
  const std::atomic<uint32_t> word = 1;
  FutexWait(word, 0, /*deadline=*/nullptr);
}

TEST(FutexTest, SleepsUntilWoken) {
  std::atomic<uint32_t> word = 0;
  std::jthread waker([&] {
    word = 1;
    FutexWake(word);
  });
  while (word == 0) FutexWait(word, 0, /*deadline=*/nullptr);
}

TEST(FutexTest, SleepsUntilTheDeadline) {
  const std::atomic<uint32_t> word = 0;
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const timespec deadline = {.tv_sec = now.tv_sec, .tv_nsec = 999'999'999};
  while (now.tv_sec == deadline.tv_sec && now.tv_nsec < deadline.tv_nsec) {
    FutexWait(word, 0, &deadline);
    clock_gettime(CLOCK_MONOTONIC, &now);
  }
  // A deadline that has passed is none to wait for.
  FutexWait(word, 0, &deadline);
}

TEST(FutexTest, ReturnsWhenASignalWasHandled) {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before;
  ASSERT_EQ(sigaction(SIGURG, &action, &before), 0);
  const std::atomic<uint32_t> word = 0;
  std::atomic<bool> has_returned = false;
  std::thread sleeper([&] {
    FutexWait(word, 0, /*deadline=*/nullptr);
    has_returned = true;
  });
  while (!has_returned) pthread_kill(sleeper.native_handle(), SIGURG);
  sleeper.join();
  sigaction(SIGURG, &before, nullptr);
}

}  // namespace
}  // namespace wasijit
