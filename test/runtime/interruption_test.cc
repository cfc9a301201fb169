#include "runtime/interruption.h"

#include <atomic>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/host_function.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

constexpr absl::Duration kSoon = absl::Milliseconds(20);

class InterruptionTest : public RuntimeTest {
 protected:
  InterruptionTest() {
    builder_.Function(builder_.Type({}, {}), CodeFrom(wasijit_test_spin),
                      "spin");
    spinning_ = &MakeInstance(builder_);
  }

  Outcome<std::vector<Value>> Spin() {
    return CallExport(*spinning_, "spin", {});
  }

  // Calls `function` from WebAssembly.
  Outcome<std::vector<Value>> CallFromWasm(
      std::function<Outcome<int64_t>()> function) {
    Function& host = NewFunction(HostFunction::Wrap(std::move(function)));
    ImageBuilder builder;
    builder.Import("", "",
                   FunctionExternType{.type = builder.Type({}, {kI64})});
    builder.Function(builder.Type({kI64}, {kI64}),
                     CodeFrom(wasijit_test_call_import), "call");
    return CallExport(MakeInstance(builder, {&host}), "call",
                      {Value::I64(builder.ImportSlot(0))});
  }

  static std::unique_ptr<Watchdog> Start(absl::Duration limit) {
    auto watchdog = Watchdog::Start(limit);
    EXPECT_OK(watchdog);
    return *std::move(watchdog);
  }

  ImageBuilder builder_;
  Instance* spinning_ = nullptr;
};

TEST_F(InterruptionTest, AnEndlessLoopEnds) {
  for (int i = 0; i < 10; ++i) {
    const auto watchdog = Start(kSoon);
    EXPECT_THAT(Spin(), TrapsWith(TrapKind::kInterrupted));
    EXPECT_FALSE(InterruptRequested());
  }
}

TEST_F(InterruptionTest, WhatEndsBeforeIsNotInterrupted) {
  {
    const auto watchdog = Start(absl::Hours(1));
    EXPECT_THAT(CallFromWasm([] { return 1; }), HasOutcome());
  }
  EXPECT_FALSE(InterruptRequested());
}

TEST_F(InterruptionTest, ARequestThatNobodyFollowedIsWithdrawn) {
  {
    const auto watchdog = Start(absl::Milliseconds(1));
    while (!InterruptRequested()) absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_FALSE(InterruptRequested());
  EXPECT_THAT(CallFromWasm([] { return 1; }), HasOutcome());
}

TEST_F(InterruptionTest, AHostFunctionIsToldAndReturnsTheTrap) {
  const auto watchdog = Start(kSoon);
  EXPECT_THAT(CallFromWasm([]() -> Outcome<int64_t> {
                while (!InterruptRequested()) absl::SleepFor(kSoon);
                return std::unexpected(TakeInterrupt());
              }),
              TrapsWith(TrapKind::kInterrupted));
  EXPECT_FALSE(InterruptRequested());
}

TEST_F(InterruptionTest, CallsWithinCallsAllEnd) {
  const auto watchdog = Start(kSoon);
  EXPECT_THAT(CallFromWasm([&]() -> Outcome<int64_t> {
                EXPECT_THAT(Spin(), TrapsWith(TrapKind::kInterrupted));
                // The host function goes on as if nothing had been; what called
                // it is interrupted nevertheless.
                EXPECT_THAT(Spin(), TrapsWith(TrapKind::kInterrupted));
                EXPECT_TRUE(InterruptRequested());
                return std::unexpected(TakeInterrupt());
              }),
              TrapsWith(TrapKind::kInterrupted));
}

TEST_F(InterruptionTest, TheHostIsToldWhenAThreadDoesNotLeave) {
  std::atomic<bool> given_up = false;
  auto watchdog = Watchdog::Start(absl::Milliseconds(1), absl::Milliseconds(10),
                                  [&] { given_up = true; });
  ASSERT_OK(watchdog);
  while (!given_up) absl::SleepFor(absl::Milliseconds(1));
}

TEST_F(InterruptionTest, OneThreadIsNotTheOther) {
  const auto watchdog = Start(kSoon);
  std::atomic<bool> other_was_told = false;
  std::thread other([&] {
    absl::SleepFor(3 * kSoon);
    other_was_told = InterruptRequested();
  });
  EXPECT_THAT(Spin(), TrapsWith(TrapKind::kInterrupted));
  other.join();
  EXPECT_FALSE(other_was_told);
}

}  // namespace
}  // namespace wasijit::test
