#include "runtime/platform/range_registry.h"

#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

const void* Owner(uintptr_t n) { return reinterpret_cast<const void*>(n); }

TEST(RangeRegistryTest, FindsWhatContainsAnAddress) {
  RangeRegistry registry;
  EXPECT_EQ(registry.Find(0), nullptr);
  registry.Add(300, 400, Owner(3));
  registry.Add(100, 200, Owner(1));
  registry.Add(200, 300, Owner(2));
  const struct {
    uintptr_t address;
    uintptr_t owner;
  } kCases[] = {{99, 0},  {100, 1}, {199, 1}, {200, 2},
                {299, 2}, {300, 3}, {399, 3}, {400, 0}};
  for (const auto& test : kCases) {
    EXPECT_EQ(registry.Find(test.address), Owner(test.owner)) << test.address;
  }
  registry.Remove(200);
  EXPECT_EQ(registry.Find(199), Owner(1));
  EXPECT_EQ(registry.Find(250), nullptr);
  EXPECT_EQ(registry.Find(300), Owner(3));
}

TEST(RangeRegistryTest, ReadersSeeAllOrNothingOfAChange) {
  RangeRegistry registry;
  registry.Add(1000, 2000, Owner(7));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        if (registry.Find(1500) != Owner(7)) ++wrong;
        const void* const changing = registry.Find(50);
        if (changing != nullptr && changing != Owner(1)) ++wrong;
      }
    });
  }
  for (int i = 0; i < 5000; ++i) {
    registry.Add(0, 100, Owner(1));
    registry.Remove(0);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST(RangeRegistryTest, AgreesWithALinearSearch) {
  RangeRegistry registry;
  constexpr uintptr_t kSlots = 64;
  std::vector<bool> used(kSlots);
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const uintptr_t slot = random() % kSlots;
    if (used[slot]) {
      registry.Remove(slot * 10 + 1);
    } else {
      registry.Add(slot * 10 + 1, slot * 10 + 8, Owner(slot + 1));
    }
    used[slot] = !used[slot];
    const uintptr_t address = random() % (kSlots * 10);
    const bool is_inside =
        used[address / 10] && address % 10 >= 1 && address % 10 < 8;
    ASSERT_EQ(registry.Find(address),
              is_inside ? Owner(address / 10 + 1) : nullptr);
  }
}

}  // namespace
}  // namespace wasijit
