#include "runtime/memory.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/types.h"
#include "runtime/platform/virtual_memory.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using test::StatusIs;
using testing::ExitedWithCode;
using testing::HasSubstr;
using testing::KilledBySignal;

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kPage = 65536;

MemoryType TypeOf(uint64_t min, std::optional<uint64_t> max = std::nullopt,
                  uint8_t page_size_log2 = kDefaultPageSizeLog2,
                  bool is64 = false) {
  MemoryType type;
  type.limits.min = min;
  type.limits.max = max;
  type.limits.is64 = is64;
  type.page_size_log2 = page_size_log2;
  return type;
}

// For death tests.
void Touch(uint8_t* address) {
  test::LetFaultsKill();
  *const_cast<volatile uint8_t*>(address) = 1;
}

TEST(MemoryTest, StartsZeroedAndGrowsInPlace) {
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(TypeOf(1, 4), kNoLimit));
  uint8_t* const base = memory->data();
  EXPECT_EQ(memory->size(), kPage);
  EXPECT_EQ(base[kPage - 1], 0);
  base[0] = 7;
  EXPECT_EQ(memory->Grow(2), 1u);
  EXPECT_EQ(memory->Grow(0), 3u);
  EXPECT_EQ(memory->data(), base);
  EXPECT_EQ(base[0], 7);
  EXPECT_EQ(base[3 * kPage - 1], 0);
  EXPECT_EQ(memory->type(), TypeOf(3, 4));
  EXPECT_EQ(memory->vm()->size, 3 * kPage);
}

TEST(MemoryTest, GrowthIsLimitedAndFailureChangesNothing) {
  const struct {
    MemoryType type;
    uint64_t limit;
    uint64_t delta;
    bool grows;
  } kCases[] = {
      {TypeOf(1, 4), kNoLimit, 3, true},
      {TypeOf(1, 4), kNoLimit, 4, false},
      {TypeOf(1), 3 * kPage, 2, true},
      {TypeOf(1), 3 * kPage, 3, false},
      {TypeOf(1), kNoLimit, 65536, false},
      {TypeOf(1), kNoLimit, uint64_t{1} << 31, false},
      {TypeOf(1), kNoLimit, uint64_t{1} << 48, false},
      {TypeOf(1), kNoLimit, kNoLimit, false},
      {TypeOf(1, std::nullopt, 16, true), kNoLimit, kNoLimit, false},
      {TypeOf(1, std::nullopt, 16, true), kNoLimit, 1, true},
      {TypeOf(1, 10, 0), kNoLimit, 9, true},
      {TypeOf(1, 10, 0), kNoLimit, 10, false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(ToString(test.type));
    SCOPED_TRACE(test.delta);
    ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(test.type, test.limit));
    EXPECT_EQ(memory->Grow(test.delta).has_value(), test.grows);
    EXPECT_EQ(memory->pages(), test.grows ? 1 + test.delta : 1);
    memory->data()[memory->size() - 1] = 1;
  }
}

TEST(MemoryTest, AFullMemoryOf32BitsHas4GiB) {
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(TypeOf(0, 65536), kNoLimit));
  EXPECT_EQ(memory->Grow(65536), 0u);
  EXPECT_EQ(memory->size(), uint64_t{4} << 30);
  memory->data()[memory->size() - 1] = 1;
  EXPECT_EQ(memory->Grow(1), std::nullopt);
}

TEST(MemoryTest, ByteSizedPagesCountBytes) {
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(TypeOf(5, {}, 0), kNoLimit));
  EXPECT_EQ(memory->size(), 5u);
  EXPECT_EQ(memory->Grow(3), 5u);
  EXPECT_EQ(memory->size(), 8u);
  EXPECT_EQ(memory->Grow(100000), 8u);
  EXPECT_EQ(memory->data()[100007], 0);
  EXPECT_EQ(memory->Grow(std::numeric_limits<uint32_t>::max()), std::nullopt);
}

TEST(MemoryTest, OnlyOrdinaryMemoriesHaveGuards) {
  const struct {
    MemoryType type;
    bool is_guarded;
  } kCases[] = {{TypeOf(1), true},
                {TypeOf(0), true},
                {TypeOf(1, 1), true},
                {TypeOf(1, {}, 0), false},
                {TypeOf(1, {}, 16, true), false}};
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(test.type, kNoLimit));
    EXPECT_EQ(memory->is_guarded(), test.is_guarded) << ToString(test.type);
    const MemoryRange range = memory->range();
    EXPECT_EQ(range.begin, reinterpret_cast<uintptr_t>(memory->data()));
    if (test.is_guarded) {
      EXPECT_GE(range.end - range.begin, (uint64_t{8} << 30) + kPage);
      EXPECT_EQ(range.begin % (size_t{2} << 20), 0u);
    }
  }
}

TEST(MemoryDeathTest, EverythingAroundAGuardedMemoryIsInaccessible) {
  const uint64_t kSizes[] = {0, 1, 2};
  for (const uint64_t pages : kSizes) {
    ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(TypeOf(pages), kNoLimit));
    const int64_t kOffsets[] = {-1, static_cast<int64_t>(pages * kPage),
                                int64_t{4} << 30, (int64_t{8} << 30) + 65535,
                                -(int64_t{2} << 30)};
    for (const int64_t offset : kOffsets) {
      SCOPED_TRACE(offset);
      EXPECT_EXIT(Touch(memory->data() + offset), KilledBySignal(SIGSEGV), "");
    }
  }
}

TEST(MemoryDeathTest, ThePrefixLiesBelowAndCanBeProtected) {
  constexpr size_t kPrefix = 32768;
  ASSERT_OK_AND_ASSIGN(auto memory,
                       Memory::Create(TypeOf(0), kNoLimit, kPrefix));
  uint8_t* const begin = memory->data() - kPrefix;
  EXPECT_EQ(begin[0], 0);
  begin[0] = 1;
  memory->data()[-1] = 2;
  EXPECT_EXIT(Touch(begin - 1), KilledBySignal(SIGSEGV), "");
  ASSERT_OK(memory->ProtectPrefix(16384, Protection::kRead));
  EXPECT_EQ(begin[0], 1);
  EXPECT_EXIT(Touch(begin), KilledBySignal(SIGSEGV), "");
  memory->data()[-1] = 3;
  begin[16384] = 3;
  ASSERT_OK(memory->ProtectPrefix(16384, Protection::kReadWrite));
  begin[0] = 4;
}

TEST(MemoryTest, RangesAreChecked) {
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(TypeOf(1), kNoLimit));
  const struct {
    uint64_t offset;
    uint64_t count;
    bool is_inside;
  } kCases[] = {{0, 0, true},          {0, kPage, true},
                {kPage, 0, true},      {kPage - 1, 1, true},
                {kPage - 1, 2, false}, {kPage + 1, 0, false},
                {1, kNoLimit, false},  {kNoLimit, 1, false}};
  for (const auto& test : kCases) {
    const auto range = memory->Range(test.offset, test.count);
    EXPECT_EQ(range.has_value(), test.is_inside)
        << test.offset << " " << test.count;
    if (range.has_value()) {
      EXPECT_EQ(range->data(), memory->data() + test.offset);
      EXPECT_EQ(range->size(), test.count);
    }
  }
}

TEST(MemoryTest, TooLargeAMemoryIsRefused) {
  EXPECT_THAT(
      Memory::Create(TypeOf(5), 4 * kPage),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("5 pages")));
  EXPECT_THAT(Memory::Create(TypeOf(uint64_t{1} << 47, {}, 16, true), kNoLimit),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
  EXPECT_THAT(Memory::Create(TypeOf(kNoLimit, {}, 16, true), kNoLimit),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
}

TEST(MemoryDeathTest, WithLittleAddressSpaceMemoriesHaveNoGuard) {
  if (!test::kCanLimitAddressSpace) {
    GTEST_SKIP() << "the sanitizer needs all address space";
  }
  EXPECT_EXIT(
      {
        rlimit limit;
        limit.rlim_cur = limit.rlim_max = size_t{4} << 30;
        setrlimit(RLIMIT_AS, &limit);
        auto memory = Memory::Create(TypeOf(1, 100), kNoLimit, 32768);
        if (!memory.ok() || (*memory)->is_guarded()) _exit(1);
        (*memory)->data()[-32768] = 1;
        if ((*memory)->Grow(99) != 1) _exit(2);
        (*memory)->data()[100 * kPage - 1] = 1;
        // Without a declared limit: as far as the system permits.
        auto other = Memory::Create(TypeOf(1), kNoLimit);
        if (!other.ok() || (*other)->is_guarded()) _exit(3);
        if ((*other)->Grow(1000) != 1) _exit(4);
        if ((*other)->Grow(65000).has_value()) _exit(5);
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST(MemoryTest, ThreadsMayGrowASharedMemoryTogether) {
  MemoryType type = TypeOf(0, 4000);
  type.shared = true;
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(type, kNoLimit));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto before = memory->Grow(1);
        ASSERT_TRUE(before.has_value());
        // The page that this thread has got.
        ASSERT_EQ(memory->data()[*before * kPage], 0);
        memory->data()[*before * kPage] = 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memory->pages(), 2000u);
}

TEST(MemoryTest, WritesWhollyOrNotAtAll) {
  for (const bool shared : {false, true}) {
    MemoryType type = TypeOf(1, 1);
    type.shared = shared;
    ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(type, kNoLimit));
    const uint8_t bytes[] = {1, 2, 3};
    EXPECT_TRUE(memory->Write(kPage - 3, bytes));
    EXPECT_EQ(memory->data()[kPage - 1], 3);
    EXPECT_FALSE(memory->Write(kPage - 2, bytes));
    EXPECT_FALSE(memory->Write(kNoLimit, bytes));
    EXPECT_EQ(memory->data()[kPage - 2], 2);
    EXPECT_TRUE(memory->Write(kPage, {}));
  }
}

TEST(MemoryTest, OnlyInSharedMemoriesCanThreadsWait) {
  MemoryType type = TypeOf(1, 1);
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(type, kNoLimit));
  EXPECT_EQ(memory->parking_lot(), nullptr);
  type.shared = true;
  ASSERT_OK_AND_ASSIGN(auto shared, Memory::Create(type, kNoLimit));
  EXPECT_NE(shared->parking_lot(), nullptr);
}

TEST(MemoryTest, GrowsInSeveralThreads) {
  constexpr int kThreads = 4;
  constexpr int kPages = 200;
  MemoryType type = TypeOf(0, kThreads * kPages);
  type.shared = true;
  ASSERT_OK_AND_ASSIGN(auto memory, Memory::Create(type, kNoLimit));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int page = 0; page < kPages; ++page) {
          const std::optional<uint64_t> old = memory->Grow(1);
          ASSERT_TRUE(old.has_value());
          // Nobody else has got this page.
          uint8_t* const mine = memory->data() + *old * kPage;
          EXPECT_EQ(*mine, 0);
          *mine = 1;
          EXPECT_GE(memory->size(), (*old + 1) * kPage);
        }
      });
    }
  }
  EXPECT_EQ(memory->pages(), uint64_t{kThreads * kPages});
  EXPECT_EQ(memory->Grow(1), std::nullopt);
}

}  // namespace
}  // namespace wasijit
