#include "runtime/platform/thread_stacks.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/virtual_memory.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using testing::KilledBySignal;

constexpr size_t kSize = size_t{1} << 20;

template <typename Function>
void OnNewThread(Function function) {
  std::thread(function).join();
}

TEST(ThreadStacksTest, AThreadStartsWithoutAndGetsBoth) {
  OnNewThread([] {
    EXPECT_EQ(current_thread.stack_end, 0u);
    ASSERT_OK(PrepareThread(kSize - 1));
    EXPECT_EQ(current_thread.stack_end - current_thread.stack_begin, kSize);
    EXPECT_GE(current_thread.stack_begin - current_thread.guard_begin,
              size_t{1} << 20);
    EXPECT_EQ(current_thread.host_stack_limit - current_thread.stack_begin,
              kHostStackReserve);
    stack_t signal_stack;
    ASSERT_EQ(sigaltstack(nullptr, &signal_stack), 0);
    EXPECT_EQ(signal_stack.ss_flags, 0);
    EXPECT_GE(signal_stack.ss_size, kSignalStackSize);
  });
}

TEST(ThreadStacksTest, TheStackStaysUntilAnotherSizeIsWanted) {
  OnNewThread([] {
    ASSERT_OK(PrepareThread(kSize));
    const uintptr_t begin = current_thread.stack_begin;
    ASSERT_OK(PrepareThread(kSize));
    EXPECT_EQ(current_thread.stack_begin, begin);

    Activation activation;
    current_thread.activation = &activation;
    ASSERT_OK(PrepareThread(2 * kSize));
    EXPECT_EQ(current_thread.stack_begin, begin);
    current_thread.activation = nullptr;

    ASSERT_OK(PrepareThread(2 * kSize));
    EXPECT_EQ(current_thread.stack_end - current_thread.stack_begin, 2 * kSize);
  });
}

TEST(ThreadStacksDeathTest, TheGuardIsInaccessibleAndTheStackIsNot) {
  EXPECT_EXIT(
      {
        test::LetFaultsKill();
        static_cast<void>(PrepareThread(kSize));
        *reinterpret_cast<volatile uint8_t*>(current_thread.stack_begin) = 1;
        *reinterpret_cast<volatile uint8_t*>(current_thread.stack_end - 1) = 1;
        static_cast<void>(write(STDERR_FILENO, "fine", 4));
        *reinterpret_cast<volatile uint8_t*>(current_thread.stack_begin - 1) =
            1;
      },
      KilledBySignal(SIGSEGV), "fine");
}

TEST(ThreadStacksTest, AnAlternateStackThatIsLargeEnoughStays) {
  OnNewThread([] {
    std::vector<uint8_t> memory(2 * kSignalStackSize);
    stack_t own = {};
    own.ss_sp = memory.data();
    own.ss_size = memory.size();
    ASSERT_EQ(sigaltstack(&own, nullptr), 0);
    ASSERT_OK(PrepareThread(kSize));
    stack_t present;
    ASSERT_EQ(sigaltstack(nullptr, &present), 0);
    EXPECT_EQ(present.ss_sp, own.ss_sp);
    own.ss_flags = SS_DISABLE;
    sigaltstack(&own, nullptr);
  });
}

TEST(ThreadStacksTest, ThreadsReleaseTheirStacks) {
  const auto mapped = [] {
    // Pages of address space: the first number.
    size_t pages = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    EXPECT_EQ(std::fscanf(file, "%zu", &pages), 1);
    std::fclose(file);
    return pages * PageSize();
  };
  const auto use = [] { OnNewThread([] { ASSERT_OK(PrepareThread(kSize)); }); };
  use();
  const size_t before = mapped();
  for (int i = 0; i < 100; ++i) use();
  EXPECT_LT(mapped(), before + 10 * kSize);
}

thread_local struct LateDestructor {
  absl::Status* status = nullptr;
  ~LateDestructor() {
    if (status != nullptr) *status = PrepareThread(kSize);
  }
} late_destructor;

TEST(ThreadStacksTest, AnEndingThreadIsRefused) {
  absl::Status status;
  OnNewThread([&] {
    // Constructed first, so destroyed last.
    late_destructor.status = &status;
    ASSERT_OK(PrepareThread(kSize));
  });
  EXPECT_THAT(status, test::StatusIs(absl::StatusCode::kFailedPrecondition,
                                     "the thread is ending"));
}

}  // namespace
}  // namespace wasijit
