#include "runtime/compile_threads.h"

#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(CompileThreadsTest, UrgentWorkWaitsForNoOther) {
  absl::Notification released;
  absl::Notification done;
  absl::Notification urgent_done;
  ASSERT_TRUE(CompileThreads::Get().RunNow([&] {
    released.WaitForNotification();
    done.Notify();
  }));
  ASSERT_TRUE(CompileThreads::Get().RunNow([&] { urgent_done.Notify(); }));
  urgent_done.WaitForNotification();
  released.Notify();
  done.WaitForNotification();
}

TEST(CompileThreadsTest, AllWorkIsDone) {
  constexpr int kWorks = 100;
  absl::BlockingCounter counter(3 * kWorks);
  std::atomic<int> sum = 0;
  for (int i = 1; i <= kWorks; ++i) {
    const auto work = [&counter, &sum, i] {
      sum += i;
      counter.DecrementCount();
    };
    CompileThreads::Get().RunInBackground(work);
    CompileThreads::Get().RunSoon(work);
    EXPECT_TRUE(CompileThreads::Get().RunNow(work));
  }
  counter.Wait();
  EXPECT_EQ(sum, 3 * kWorks * (kWorks + 1) / 2);
}

}  // namespace
}  // namespace wasijit
