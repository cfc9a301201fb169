#include "runtime/platform/activation.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/platform/arch.h"

namespace wasijit {
namespace {

using testing::ElementsAre;

TEST(MemoryRangesTest, ContainsWhatLiesInARange) {
  const MemoryRange ranges[] = {{10, 20}, {20, 30}, {50, 60}};
  const MemoryRanges all = {.ranges = ranges, .count = 3};
  const struct {
    uintptr_t address;
    bool expected;
  } kCases[] = {{9, false},  {10, true},  {19, true}, {20, true}, {29, true},
                {30, false}, {49, false}, {50, true}, {59, true}, {60, false}};
  for (const auto& test : kCases) {
    EXPECT_EQ(all.Contains(test.address), test.expected) << test.address;
  }
  EXPECT_FALSE(MemoryRanges().Contains(0));
}

// A stack in which frames can be laid out at will.
class CaptureFramesTest : public testing::Test {
 protected:
  CaptureFramesTest() : words_(256) {
    thread_.stack_begin = Address(0);
    thread_.stack_end = Address(words_.size());
    thread_.activation = &activation_;
  }

  uintptr_t Address(size_t word) {
    return reinterpret_cast<uintptr_t>(words_.data() + word);
  }
  void Frame(size_t word, uintptr_t caller, uintptr_t return_address) {
    words_[word] = caller;
    words_[word + 1] = return_address;
  }
  std::vector<uintptr_t> Capture(uintptr_t frame) {
    CaptureFrames(thread_, frame, frames_);
    return {frames_.return_addresses, frames_.return_addresses + frames_.count};
  }

  std::vector<uintptr_t> words_;
  Activation activation_;
  ThreadState thread_ = {};
  CapturedFrames frames_;
};

TEST_F(CaptureFramesTest, FollowsFramePointersToTheEntryStub) {
  Frame(10, Address(20), 111);
  Frame(20, Address(30), 222);
  Frame(30, 0, ReturnAddressInEntryStub());
  Frame(40, Address(50), 333);
  EXPECT_THAT(Capture(Address(10)), ElementsAre(111, 222));
  EXPECT_FALSE(frames_.truncated);
}

TEST_F(CaptureFramesTest, ContinuesWhereAnOuterCallLeftWebAssembly) {
  Activation inner;
  inner.previous = &activation_;
  inner.exit_frame = reinterpret_cast<void*>(Address(100));
  thread_.activation = &inner;
  Frame(10, Address(20), 111);
  Frame(20, 12345, ReturnAddressInEntryStub());
  Frame(100, Address(110), 333);
  Frame(110, 0, ReturnAddressInEntryStub());
  EXPECT_THAT(Capture(Address(10)), ElementsAre(111, 333));
}

TEST_F(CaptureFramesTest, StopsAtWhatCannotBeAFrame) {
  const uintptr_t kBad[] = {0,
                            8,
                            Address(5),
                            Address(20),
                            Address(255),
                            Address(256),
                            Address(30) + 1,
                            UINTPTR_MAX - 7};
  for (const uintptr_t bad : kBad) {
    Frame(20, bad, 111);
    EXPECT_THAT(Capture(Address(20)), ElementsAre(111)) << bad;
  }
  EXPECT_THAT(Capture(0), ElementsAre());
}

TEST_F(CaptureFramesTest, CutsDeepStacks) {
  for (size_t i = 0; i < 120; ++i) Frame(2 * i, Address(2 * i + 2), i + 1);
  Frame(240, 0, ReturnAddressInEntryStub());
  EXPECT_EQ(Capture(Address(0)).size(), CapturedFrames::kMax);
  EXPECT_TRUE(frames_.truncated);
  EXPECT_EQ(frames_.return_addresses[CapturedFrames::kMax - 1],
            CapturedFrames::kMax);
}

}  // namespace
}  // namespace wasijit
