#include "runtime/gc_heap.h"

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/module/value.h"
#include "test/runtime/gc_fixture.h"

namespace wasijit::test {
namespace {

class GcHeapTest : public GcTest {
 protected:
  void Make(const GcOptions& options) {
    auto heap = GcHeap::Create(options, registry_, [this](GcMarker& marker) {
      for (GcReference root : roots_) marker.Mark(root);
    });
    ASSERT_OK(heap);
    heap_ = *std::move(heap);
    heap_->AddTypes({pair_, references_, bytes_});
  }

  GcReference NewPair(GcReference first, int64_t number, GcReference second) {
    const GcReference pair =
        heap_->Allocate(GcHeader(GcKind::kStructure, pair_), 0, kPairSize);
    if (pair == 0) return 0;
    Store(heap_->At(pair) + kFirst, first);
    Store(heap_->At(pair) + kNumber, number);
    Store(heap_->At(pair) + kSecond, second);
    return pair;
  }
  GcReference NewBytes(uint32_t length) {
    return heap_->Allocate(GcHeader(GcKind::kArray, bytes_), length,
                           GcArraySize(length, 1));
  }

  std::unique_ptr<GcHeap> heap_;
  std::vector<GcReference> roots_;
};

TEST_F(GcHeapTest, CollectsWhenItIsFull) {
  Make({.max_size = 1 << 20});
  const GcReference kept = NewPair(0, 42, 0);
  roots_ = {kept};
  for (int i = 0; i < 1'000'000; ++i) ASSERT_NE(NewPair(0, i, kept), 0u);
  EXPECT_EQ(Load<int64_t>(heap_->At(kept) + kNumber), 42);
  const GcStatistics statistics = heap_->statistics();
  EXPECT_GT(statistics.collections, 10u);
  EXPECT_GE(statistics.total_pause, statistics.longest_pause);
  EXPECT_EQ(statistics.live, kPairSize);
  EXPECT_LE(statistics.committed, 1u << 20);
  EXPECT_GE(statistics.taken, uint64_t{1'000'000} * kPairSize);
}

TEST_F(GcHeapTest, SaysWhenThereIsNoRoom) {
  Make({.max_size = 1 << 20});
  EXPECT_EQ(NewBytes(2 << 20), 0u);
  // Not a list: what happens to be left on the stack would keep all of it.
  while (const GcReference pair = NewPair(0, 0, 0)) roots_.push_back(pair);
  EXPECT_GT(heap_->statistics().live, (1 << 20) * 9 / 10);
  roots_.clear();
  EXPECT_NE(NewPair(0, 0, 0), 0u);
}

TEST_F(GcHeapTest, RootsOfTheEmbedderAreKept) {
  Make({.max_size = 1 << 20, .zeal = true});
  const auto root = heap_->roots().insert(
      heap_->roots().end(), Value::Ref(kAnyRef, NewPair(0, 7, 0)));
  NewPair(0, 8, 0);
  EXPECT_EQ(heap_->statistics().live, kPairSize);
  EXPECT_EQ(
      Load<int64_t>(heap_->At(static_cast<GcReference>(root->ref())) + kNumber),
      7);
  heap_->roots().erase(root);
  heap_->Collect();
  EXPECT_EQ(heap_->statistics().live, 0u);
}

TEST_F(GcHeapTest, BoxesHoldWhatIsTheEmbedders) {
  Make({.max_size = 1 << 20});
  const GcReference box = heap_->Box(0x123456789abcdef0);
  EXPECT_EQ(GcKindOf(heap_->Header(box)), GcKind::kBox);
  EXPECT_EQ(Load<uint64_t>(heap_->At(box) + kGcBoxContent), 0x123456789abcdef0);
}

// A graph that changes at random and is compared with what it should be.
TEST_F(GcHeapTest, RandomGraphsSurvive) {
  Make({.max_size = 2 << 20, .zeal = true});
  std::mt19937 random(20261125);
  constexpr size_t kSlots = 96;
  // Slot i of the root array holds a pair that refers to two others.
  struct Expected {
    int64_t number = 0;
    GcReference first = 0;
    GcReference second = 0;
  };
  std::vector<Expected> expected(kSlots);
  roots_.assign(kSlots, 0);
  for (int step = 0; step < 6000; ++step) {
    const size_t slot = random() % kSlots;
    switch (random() % 4) {
      case 0:
        roots_[slot] = 0;
        break;
      case 1:
        ASSERT_NE(NewBytes(random() % 20000), 0u);
        break;
      default: {
        const Expected pair = {static_cast<int64_t>(random()),
                               roots_[random() % kSlots],
                               GcI31(static_cast<uint32_t>(random()))};
        // What a dropped slot held lives on through the pair alone.
        const auto guard = heap_->roots().insert(
            heap_->roots().end(), Value::Ref(kAnyRef, pair.first));
        roots_[slot] = NewPair(pair.first, pair.number, pair.second);
        heap_->roots().erase(guard);
        ASSERT_NE(roots_[slot], 0u);
        expected[slot] = pair;
      }
    }
    for (size_t i = 0; i < kSlots; ++i) {
      if (roots_[i] == 0) continue;
      const uint8_t* const pair = heap_->At(roots_[i]);
      ASSERT_EQ(Load<uint32_t>(pair), GcHeader(GcKind::kStructure, pair_));
      ASSERT_EQ(Load<int64_t>(pair + kNumber), expected[i].number);
      ASSERT_EQ(Load<GcReference>(pair + kFirst), expected[i].first);
      ASSERT_EQ(Load<GcReference>(pair + kSecond), expected[i].second);
      if (expected[i].first != 0) {
        ASSERT_EQ(heap_->Header(expected[i].first),
                  GcHeader(GcKind::kStructure, pair_));
      }
    }
  }
}

}  // namespace
}  // namespace wasijit::test
