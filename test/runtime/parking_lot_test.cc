#include "runtime/parking_lot.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/interruption.h"

namespace wasijit {
namespace {

using Wakeup = ParkingLot::Wakeup;
using testing::ElementsAre;

constexpr int64_t kForever = -1;
constexpr int64_t kLongest = std::numeric_limits<int64_t>::max();

// Notifies until it has met one who waits.
void NotifyOne(ParkingLot& lot, const void* address) {
  while (lot.Notify(address, 1) == 0) std::this_thread::yield();
}

TEST(ParkingLotTest, DoesNotWaitForWhatHasHappened) {
  ParkingLot lot;
  const uint32_t word = 5;
  const uint64_t wide = uint64_t{1} << 32;
  EXPECT_EQ(lot.Wait(&word, 6, kForever), Wakeup::kNotEqual);
  // All 64 bits are compared.
  EXPECT_EQ(lot.Wait(&wide, 0, kForever), Wakeup::kNotEqual);
}

TEST(ParkingLotTest, TimesOut) {
  ParkingLot lot;
  const uint32_t word = 5;
  EXPECT_EQ(lot.Wait(&word, 5, 0), Wakeup::kTimedOut);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(lot.Wait(&word, 5, 20'000'000), Wakeup::kTimedOut);
  EXPECT_GE(std::chrono::steady_clock::now() - begin,
            std::chrono::milliseconds(20));
  // Who has left is not counted.
  EXPECT_EQ(lot.Notify(&word, 1), 0u);
}

TEST(ParkingLotTest, WaitsForNotification) {
  // The longest timeout must not overflow, nor the shortest be late.
  for (const int64_t timeout : {kForever, std::numeric_limits<int64_t>::min(),
                                kLongest, kLongest - 1}) {
    ParkingLot lot;
    const uint32_t word = 5;
    std::jthread notifier([&] { NotifyOne(lot, &word); });
    EXPECT_EQ(lot.Wait(&word, 5, timeout), Wakeup::kNotified) << timeout;
  }
}

TEST(ParkingLotTest, TellsAddressesApart) {
  ParkingLot lot;
  // More than there are buckets.
  std::vector<uint32_t> words(4096);
  std::jthread notifier([&] { NotifyOne(lot, &words[17]); });
  EXPECT_EQ(lot.Notify(&words[18], 1), 0u);
  EXPECT_EQ(lot.Wait(&words[17], 0, kForever), Wakeup::kNotified);
}

TEST(ParkingLotTest, NotifiesInOrderAndNoMoreThanAsked) {
  ParkingLot lot;
  const uint32_t word = 0;
  const uint32_t other = 0;
  std::mutex mutex;
  std::vector<int> woken;
  std::vector<std::jthread> waiters;
  std::atomic<int> waiting = 0;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&, i] {
      ++waiting;
      EXPECT_EQ(lot.Wait(&word, 0, kForever), Wakeup::kNotified);
      const std::lock_guard<std::mutex> lock(mutex);
      woken.push_back(i);
    });
    while (waiting != i + 1) std::this_thread::yield();
    // Between counting and waiting there is nothing to look at.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(lot.Notify(&word, 0), 0u);
  EXPECT_EQ(lot.Notify(&other, 4), 0u);
  EXPECT_EQ(lot.Notify(&word, 1), 1u);
  waiters[0].join();
  EXPECT_THAT(woken, ElementsAre(0));
  EXPECT_EQ(lot.Notify(&word, std::numeric_limits<uint32_t>::max()), 3u);
  for (int i = 1; i < 4; ++i) waiters[i].join();
  EXPECT_EQ(woken.size(), 4u);
}

TEST(ParkingLotTest, InterruptsForGood) {
  ParkingLot lot;
  const uint32_t word = 0;
  std::jthread interrupter([&] { lot.Interrupt(); });
  EXPECT_EQ(lot.Wait(&word, 0, kForever), Wakeup::kInterrupted);
  EXPECT_EQ(lot.Wait(&word, 1, kForever), Wakeup::kInterrupted);
}

TEST(ParkingLotTest, EndsForWhoIsToLeave) {
  ParkingLot lot;
  const uint32_t word = 0;
  const auto watchdog = Watchdog::Start(absl::Milliseconds(20));
  ASSERT_TRUE(watchdog.ok());
  EXPECT_EQ(lot.Wait(&word, 0, kForever), Wakeup::kInterrupted);
  EXPECT_TRUE(InterruptRequested());
  // Others may go on waiting.
  std::jthread notifier([&] { NotifyOne(lot, &word); });
  std::jthread other(
      [&] { EXPECT_EQ(lot.Wait(&word, 0, kForever), Wakeup::kNotified); });
}

// A mutex as compilers make it of these operations: nobody sleeps through the
// unlocking that he waits for.
TEST(ParkingLotTest, LosesNoNotification) {
  ParkingLot lot;
  uint32_t state = 0;
  std::atomic_ref<uint32_t> locked(state);
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  int counter = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < kRounds; ++round) {
          while (locked.exchange(1) != 0) lot.Wait(&state, 1, kForever);
          ++counter;
          locked.store(0);
          lot.Notify(&state, 1);
        }
      });
    }
  }
  EXPECT_EQ(counter, kThreads * kRounds);
}

}  // namespace
}  // namespace wasijit
