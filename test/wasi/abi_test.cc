#include "wasi/abi.h"

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

template <typename T>
auto Decode(GuestArena& arena, std::vector<uint64_t> raw) {
  EXPECT_EQ(raw.size(), Abi<T>::Raw::kCount);
  return Abi<T>::Decode(arena.memory(), raw.data());
}

constexpr uint64_t kEnd = GuestArena::kSize;

TEST(AbiTest, NumbersPassUnchanged) {
  GuestArena arena;
  EXPECT_EQ(Decode<uint32_t>(arena, {~0u}), ~0u);
  EXPECT_EQ(Decode<uint64_t>(arena, {~uint64_t{0}}), ~uint64_t{0});
  EXPECT_EQ(Decode<int64_t>(arena, {~uint64_t{0}}), -1);
  EXPECT_EQ(Decode<Fd>(arena, {~0u}), Fd{~0u});
}

TEST(AbiTest, UndefinedNumbersAreInvalid) {
  GuestArena arena;
  EXPECT_EQ(Decode<Whence>(arena, {1}), Whence::kCur);
  EXPECT_EQ(Decode<UnstableWhence>(arena, {1}), UnstableWhence::kEnd);
  EXPECT_EQ(Decode<Oflags>(arena, {9}), Oflags::kCreat | Oflags::kTrunc);
  const auto invalid = FailsWith(Errno::kInval);
  EXPECT_THAT(Decode<Whence>(arena, {3}), invalid);
  EXPECT_THAT(Decode<Whence>(arena, {257}), invalid);
  EXPECT_THAT(Decode<Oflags>(arena, {16}), invalid);
  EXPECT_THAT(Decode<Fdflags>(arena, {0x10001}), invalid);
  EXPECT_THAT(Decode<Siflags>(arena, {1}), invalid);
  EXPECT_THAT(Decode<Clockid>(arena, {4}), invalid);
}

TEST(AbiTest, RightsAreCutToThoseThatExist) {
  GuestArena arena;
  EXPECT_EQ(Decode<Rights>(arena, {~uint64_t{0}}), kAllRights);
  EXPECT_EQ(Decode<Rights>(arena, {2}), Rights::kFdRead);
}

TEST(AbiTest, RangesAreChecked) {
  GuestArena arena;
  const struct {
    uint64_t address, length;
    bool is_within;
  } kCases[] = {
      {0, kEnd, true},        {kEnd - 1, 1, true},    {kEnd, 0, true},
      {0xffffffff, 0, true},  {kEnd - 1, 2, false},   {kEnd, 1, false},
      {0xffffffff, 1, false}, {1, 0xffffffff, false},
  };
  for (const auto& c : kCases) {
    const std::vector<uint64_t> raw = {c.address, c.length};
    EXPECT_EQ(Decode<Buffer>(arena, raw).has_value(), c.is_within);
    EXPECT_EQ(Decode<GuestString>(arena, raw).has_value(), c.is_within);
  }
  const uint64_t text = arena.Copy("text");
  EXPECT_EQ(Decode<GuestString>(arena, {text, 4})->text, "text");
  EXPECT_EQ(Decode<Buffer>(arena, {text, 2})->bytes.data(),
            arena.data() + text);
}

TEST(AbiTest, ListsAreChecked) {
  GuestArena arena;
  arena.Write(64, GuestIovec{0, 5});
  EXPECT_EQ(Decode<Iovecs>(arena, {64, 1})->bytes(), 5u);
  EXPECT_EQ(Decode<Ciovecs>(arena, {64, 1})->bytes(), 5u);
  EXPECT_THAT(Decode<Iovecs>(arena, {66, 1}), FailsWith(Errno::kFault));
  EXPECT_THAT(Decode<Ciovecs>(arena, {kEnd - 4, 1}), FailsWith(Errno::kFault));
}

TEST(AbiTest, ResultsAreCheckedThenWritten) {
  GuestArena arena;
  const uint64_t raw[] = {64, 72};
  using Pair = ResultAbi<CountAndBytes>;
  ASSERT_THAT(Pair::Check(arena.memory(), raw), Succeeds());
  Pair::Write(arena.memory(), raw, {3, 4});
  EXPECT_EQ(arena.Read<uint32_t>(64), 3u);
  EXPECT_EQ(arena.Read<uint32_t>(72), 4u);
  const std::vector<std::vector<uint64_t>> kBad = {
      {kEnd, 64}, {64, kEnd}, {66, 72}, {64, 71}, {0xffffffff, 64}};
  for (const auto& bad : kBad) {
    EXPECT_THAT(Pair::Check(arena.memory(), bad.data()),
                FailsWith(Errno::kFault));
  }
  const uint64_t unaligned[] = {68};
  EXPECT_THAT(ResultAbi<Timestamp>::Check(arena.memory(), unaligned),
              FailsWith(Errno::kFault));
  EXPECT_THAT(ResultAbi<Fd>::Check(arena.memory(), unaligned), Succeeds());
  EXPECT_THAT(ResultAbi<void>::Check(arena.memory(), nullptr), Succeeds());
}

TEST(AbiTest, RecordsShowNothingOfTheHost) {
  GuestArena arena;
  std::memset(arena.data(), 0xa5, 256);
  const uint64_t raw[] = {0};
  ResultAbi<Fdstat>::Write(arena.memory(), raw, Fdstat());
  ResultAbi<Prestat>::Write(arena.memory(), raw + 0, Prestat());
  EXPECT_EQ(std::count(arena.data(), arena.data() + sizeof(Fdstat), 0),
            static_cast<ptrdiff_t>(sizeof(Fdstat)));
  EXPECT_EQ(arena.data()[sizeof(Fdstat)], 0xa5);
}

}  // namespace
}  // namespace wasijit::wasi
