#include "wasi/guest_memory.h"

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

constexpr uint32_t kEnd = GuestArena::kSize;

TEST(GuestMemoryTest, RangesLieWithin) {
  GuestArena arena;
  const struct {
    uint32_t address;
    uint64_t length;
    bool is_within;
  } kCases[] = {
      {0, 0, true},
      {0, kEnd, true},
      {0, kEnd + uint64_t{1}, false},
      {1, kEnd, false},
      {kEnd - 1, 1, true},
      {kEnd - 1, 2, false},
      {kEnd, 1, false},
      {~0u, 1, false},
      {~0u, ~0u, false},
      {1, ~uint64_t{0}, false},
      // Not dereferenced.
      {kEnd, 0, true},
      {~0u, 0, true},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(arena.memory().Range(c.address, c.length).has_value(),
              c.is_within)
        << c.address << " " << c.length;
  }
}

TEST(GuestMemoryTest, ArraysAreCheckedWithoutWrappingAround) {
  const GuestMemory memory = GuestArena().memory();
  EXPECT_THAT(memory.Array(8, 1 << 28, 48, 8), FailsWith(Errno::kFault));
  EXPECT_THAT(memory.Array(0, ~0u, 8, 4), FailsWith(Errno::kFault));
  EXPECT_THAT(memory.Array(4, 1, 8, 8), FailsWith(Errno::kFault));
  EXPECT_THAT(memory.Array(8, 1, 8, 8), Succeeds());
  EXPECT_THAT(memory.Array(3, 0, 8, 8), Succeeds());
}

TEST(GuestMemoryTest, EmptyMemoryHoldsNothing) {
  EXPECT_THAT(GuestMemory().Range(0, 1), FailsWith(Errno::kFault));
  EXPECT_THAT(GuestMemory().Range(0, 0), Succeeds());
}

TEST(PointerTest, WritesWhatItPointsTo) {
  GuestArena arena;
  const Pointer<uint64_t> pointer(arena.memory(), 16);
  ASSERT_THAT(pointer.Write(7), Succeeds());
  ASSERT_THAT(pointer.At(2).Write(9), Succeeds());
  EXPECT_EQ(arena.Read<uint64_t>(16), 7u);
  EXPECT_EQ(arena.Read<uint64_t>(24), 0u);
  EXPECT_EQ(arena.Read<uint64_t>(32), 9u);
  EXPECT_THAT(Pointer<uint64_t>(arena.memory(), 12).Write(1),
              FailsWith(Errno::kFault));
  EXPECT_THAT(Pointer<uint64_t>(arena.memory(), kEnd).Write(1),
              FailsWith(Errno::kFault));
}

TEST(IovecsTest, BuffersAreCheckedAndEmptyOnesLeftOut) {
  GuestArena arena;
  const uint32_t list = arena.Allocate(32);
  arena.Write(list, GuestIovec{64, 10});
  arena.Write(list + 8, GuestIovec{~0u, 0});
  arena.Write(list + 16, GuestIovec{kEnd - 4, 4});
  const Iovecs iovecs = Iovecs::Read(arena.memory(), list, 3).value();
  ASSERT_EQ(iovecs.size(), 2);
  EXPECT_EQ(iovecs.bytes(), 14u);
  EXPECT_EQ(iovecs.data()[0].iov_base, arena.data() + 64);
  EXPECT_EQ(iovecs.data()[1].iov_base, arena.data() + kEnd - 4);
  EXPECT_EQ(iovecs.data()[1].iov_len, 4u);

  arena.Write(list + 16, GuestIovec{kEnd - 4, 5});
  EXPECT_THAT(Iovecs::Read(arena.memory(), list, 3), FailsWith(Errno::kFault));
  EXPECT_THAT(Iovecs::Read(arena.memory(), list, 2), Succeeds());
  EXPECT_THAT(Iovecs::Read(arena.memory(), list + 2, 1),
              FailsWith(Errno::kFault));
  EXPECT_THAT(Iovecs::Read(arena.memory(), list, 1 << 29),
              FailsWith(Errno::kFault));
}

TEST(IovecsTest, LongListsAreCut) {
  GuestArena arena;
  const uint32_t count = kMaxIovecs + 5;
  const uint32_t list = arena.Allocate(count * 8);
  for (uint32_t i = 0; i < count; ++i) {
    arena.Write(list + i * 8, GuestIovec{0, 1});
  }
  const Iovecs iovecs = Iovecs::Read(arena.memory(), list, count).value();
  EXPECT_EQ(iovecs.size(), static_cast<int>(kMaxIovecs));
  EXPECT_EQ(iovecs.bytes(), kMaxIovecs);
}

TEST(IovecsTest, TruncateKeepsTheFirstBytes) {
  const struct {
    uint64_t limit;
    std::vector<uint64_t> expected;
  } kCases[] = {
      {0, {}},     {1, {1}},       {3, {3}},
      {4, {3, 1}}, {9, {3, 4, 2}}, {100, {3, 4, 5}},
  };
  for (const auto& c : kCases) {
    GuestArena arena;
    Iovecs iovecs = arena.NewIovecs({3, 4, 5});
    iovecs.Truncate(c.limit);
    std::vector<uint64_t> lengths;
    for (int i = 0; i < iovecs.size(); ++i) {
      lengths.push_back(iovecs.data()[i].iov_len);
    }
    EXPECT_EQ(lengths, c.expected) << c.limit;
  }
}

TEST(SubscriptionArrayTest, LayoutsOfBothVersions) {
  const struct {
    SubscriptionLayout layout;
    uint32_t id, timeout, flags;
  } kCases[] = {
      {kPreview1Subscription, 16, 24, 40},
      {kUnstableSubscription, 24, 32, 48},
  };
  for (const auto& c : kCases) {
    GuestArena arena;
    const uint32_t address = arena.Allocate(2 * c.layout.size);
    const uint32_t second = address + c.layout.size;
    arena.Write<uint64_t>(second, 0x1122334455667788);
    arena.Write<uint8_t>(second + 8, 1);
    arena.Write<uint32_t>(second + c.id, 5);
    arena.Write<uint64_t>(second + c.timeout, 6);
    arena.Write<uint16_t>(second + c.flags, 7);
    const SubscriptionArray array(arena.memory(), address, c.layout);
    ASSERT_THAT(array.Check(2), Succeeds());
    const Subscription subscription = array.Read(1);
    EXPECT_EQ(subscription.userdata, 0x1122334455667788u);
    EXPECT_EQ(subscription.type, Eventtype::kFdRead);
    EXPECT_EQ(subscription.clock, 5u);
    EXPECT_EQ(subscription.timeout, 6u);
    EXPECT_EQ(subscription.clock_flags, 7u);
    arena.Write<uint32_t>(address + 16, 9);
    EXPECT_EQ(array.Read(0).fd, Fd{9});
    EXPECT_THAT(array.Check(GuestArena::kSize / c.layout.size + 1),
                FailsWith(Errno::kFault));
  }
}

}  // namespace
}  // namespace wasijit::wasi
