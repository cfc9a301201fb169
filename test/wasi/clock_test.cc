#include <time.h>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using ClockTest = GuestTest;

constexpr Clockid kAll[] = {Clockid::kRealtime, Clockid::kMonotonic,
                            Clockid::kProcessCputimeId,
                            Clockid::kThreadCputimeId};

TEST_P(ClockTest, EveryClockHasAResolutionOfAtLeastANanosecond) {
  for (const Clockid id : kAll) {
    const Result<Timestamp> resolution = calls().ClockResGet(id);
    ASSERT_THAT(resolution, Succeeds());
    EXPECT_GT(*resolution, 0u);
    EXPECT_LE(*resolution, 1'000'000'000u);
  }
}

TEST_P(ClockTest, NoClockRunsBackwards) {
  for (const Clockid id : kAll) {
    if (id == Clockid::kRealtime) continue;  // Somebody may set it.
    const Timestamp first = calls().ClockTimeGet(id, 0).value();
    EXPECT_LE(first, calls().ClockTimeGet(id, 1).value());
  }
}

TEST_P(ClockTest, RealtimeIsTheHosts) {
  const Timestamp now = calls().ClockTimeGet(Clockid::kRealtime, 0).value();
  const auto seconds = static_cast<Timestamp>(time(nullptr));
  EXPECT_NEAR(static_cast<double>(now / 1'000'000'000),
              static_cast<double>(seconds), 5);
}

TEST_P(ClockTest, ProcessorTimeOfTheHostBeforeTheGuestIsNotShown) {
  // What the process has used already, and a bit more.
  timespec before;
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  } while (before.tv_sec == 0 && before.tv_nsec < 20'000'000);
  Start();
  for (const Clockid id :
       {Clockid::kProcessCputimeId, Clockid::kThreadCputimeId}) {
    EXPECT_LT(calls().ClockTimeGet(id, 0).value(), 15'000'000u);
  }
}

INSTANTIATE_ONCE(ClockTest);

}  // namespace
}  // namespace wasijit::wasi
