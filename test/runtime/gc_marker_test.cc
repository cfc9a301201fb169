#include "runtime/gc_marker.h"

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/gc_space.h"
#include "test/runtime/gc_fixture.h"

namespace wasijit::test {
namespace {

class GcMarkerTest : public GcTest {
 protected:
  GcMarkerTest() : types_(registry_) {
    types_.Add({pair_, extern_, references_, bytes_});
    auto space = GcSpace::Create(64 << 20, types_);
    EXPECT_OK(space);
    space_ = *std::move(space);
  }

  GcReference NewPair(GcReference first, GcReference second) {
    const GcReference pair = space_->Take(kPairSize);
    Store(space_->At(pair), GcHeader(GcKind::kStructure, pair_));
    Store(space_->At(pair) + kFirst, first);
    Store(space_->At(pair) + kSecond, second);
    return pair;
  }
  GcReference NewArray(uint32_t length) {
    const GcReference array =
        space_->Take(GcArraySize(length, sizeof(GcReference)));
    Store(space_->At(array), GcHeader(GcKind::kArray, references_));
    Store(space_->At(array) + kGcArrayLength, length);
    for (uint32_t i = 0; i < length; ++i) SetElement(array, i, 0);
    return array;
  }
  void SetElement(GcReference array, uint32_t index, GcReference element) {
    Store(space_->At(array) + kGcArrayElements + 4 * uint64_t{index}, element);
  }

  // Bytes that live if only this does.
  template <typename Mark>
  uint64_t Live(Mark mark, GcScope scope = GcScope::kAll) {
    space_->BeginMarking(scope);
    GcMarker marker(*space_, types_);
    mark(marker);
    marker.Trace();
    space_->EndMarking(scope, false);
    return space_->live();
  }
  uint64_t LiveFrom(GcReference root) {
    return Live([&](GcMarker& marker) { marker.Mark(root); });
  }

  // What lives after a collection about new objects that nothing but writes
  // into old ones refers to.
  uint64_t LiveByWrites() {
    return Live([](GcMarker& marker) { marker.MarkWrites(); }, GcScope::kNew);
  }

  GcTypes types_;
  std::unique_ptr<GcSpace> space_;
};

TEST_F(GcMarkerTest, FollowsReferences) {
  const GcReference leaf = NewPair(0, GcI31(5));
  const GcReference root = NewPair(leaf, leaf);
  NewPair(root, root);
  EXPECT_EQ(LiveFrom(root), 2 * kPairSize);
  EXPECT_EQ(LiveFrom(leaf), kPairSize);
  EXPECT_EQ(LiveFrom(0), 0u);
}

TEST_F(GcMarkerTest, FollowsCycles) {
  const GcReference a = NewPair(0, 0);
  const GcReference b = NewPair(a, 0);
  Store(space_->At(a) + kFirst, b);
  Store(space_->At(a) + kSecond, a);
  EXPECT_EQ(LiveFrom(a), 2 * kPairSize);
}

// Deep structures need no deep stack.
TEST_F(GcMarkerTest, FollowsLongLists) {
  constexpr uint32_t kLength = 300'000;
  GcReference list = 0;
  for (uint32_t i = 0; i < kLength; ++i) list = NewPair(0, list);
  EXPECT_EQ(LiveFrom(list), uint64_t{kLength} * kPairSize);
}

TEST_F(GcMarkerTest, FollowsAllElements) {
  constexpr uint32_t kLength = 3000;
  const GcReference array = NewArray(kLength);
  for (uint32_t i = 0; i < kLength; ++i) SetElement(array, i, NewPair(0, 0));
  EXPECT_EQ(LiveFrom(array),
            GcArraySize(kLength, 4) + uint64_t{kLength} * kPairSize);
}

TEST_F(GcMarkerTest, FollowsWhatWasWrittenIntoOldObjects) {
  constexpr uint32_t kLength = 3000;
  const uint64_t old_size = kPairSize + GcArraySize(kLength, 4);
  const GcReference array = NewArray(kLength);
  const GcReference pair = NewPair(array, 0);
  EXPECT_EQ(LiveFrom(pair), old_size);

  // Written, but not noted: lost.
  Store(space_->At(pair) + kFirst, NewPair(0, 0));
  EXPECT_EQ(LiveByWrites(), old_size);
  Store(space_->At(pair) + kFirst, NewPair(NewPair(0, 0), 0));
  space_->NoteWrites(pair, kPairSize);
  EXPECT_EQ(LiveByWrites(), old_size + 2 * kPairSize);
  // Of an array that part only which was noted.
  for (const uint32_t index : {0u, 1499u, kLength - 1}) {
    SetElement(array, index, NewPair(0, 0));
  }
  space_->NoteWrites(array + kGcArrayElements + 4 * 1499, 4);
  EXPECT_EQ(LiveByWrites(), old_size + 3 * kPairSize);
  SetElement(array, kLength - 1, NewPair(0, 0));
  space_->NoteWrites(array, GcArraySize(kLength, 4));
  EXPECT_EQ(LiveByWrites(), old_size + 4 * kPairSize);
}

TEST_F(GcMarkerTest, FollowsInternalReferencesInExterns) {
  const GcReference pair = NewPair(0, 0);
  const GcReference object = space_->Take(16);
  Store(space_->At(object), GcHeader(GcKind::kStructure, extern_));
  Store(space_->At(object) + 8, kInternalExternTag | pair);
  EXPECT_EQ(LiveFrom(object), 16 + kPairSize);
}

// Exceptions are addresses; only those of the heap count.
TEST_F(GcMarkerTest, FollowsExceptions) {
  const auto exn = ValueType::Ref(AbstractHeapType::kExn, /*nullable=*/true);
  const FieldType field = {.storage = {.value = exn}, .is_mutable = true};
  const TypeId holder = *registry_.Add(StructType{{field}});
  const TypeId holders = *registry_.Add(ArrayType{field});
  types_.Add({holder, holders});
  const GcReference object = space_->Take(16);
  Store(space_->At(object), GcHeader(GcKind::kStructure, holder));
  Store(space_->At(object) + 8,
        reinterpret_cast<uintptr_t>(space_->At(NewPair(0, 0))));
  EXPECT_EQ(LiveFrom(object), 16 + kPairSize);
  Store(space_->At(object) + 8, reinterpret_cast<uintptr_t>(&types_));
  EXPECT_EQ(LiveFrom(object), 16u);

  const GcReference array = space_->Take(GcArraySize(2, 8));
  Store(space_->At(array), GcHeader(GcKind::kArray, holders));
  Store(space_->At(array) + kGcArrayLength, uint32_t{2});
  Store(space_->At(array) + kGcArrayElements, uint64_t{0});
  Store(space_->At(array) + kGcArrayElements + 8,
        reinterpret_cast<uintptr_t>(space_->At(NewPair(0, 0))));
  EXPECT_EQ(LiveFrom(array), GcArraySize(2, 8) + kPairSize);
}

TEST_F(GcMarkerTest, WhatIsTheEmbeddersIsNotFollowed) {
  const GcReference pair = NewPair(0, 0);
  EXPECT_EQ(Live([&](GcMarker& marker) { marker.MarkExtern(pair); }), 0u);
  NewPair(0, 0);
  const GcReference box = space_->Take(kGcBoxSize);
  Store(space_->At(box), GcHeader(GcKind::kBox, kNoType));
  Store(space_->At(box) + kGcBoxContent, uint64_t{pair});
  EXPECT_EQ(LiveFrom(box), kGcBoxSize);
}

// References in either half of a word, and addresses inside objects.
TEST_F(GcMarkerTest, FindsWhatLooksLikeReferences) {
  const GcReference low = NewPair(0, 0);
  const GcReference high = NewPair(0, 0);
  const GcReference array = NewArray(100);
  const GcReference ended = NewPair(0, 0);
  const GcReference dead = NewPair(0, 0);
  const auto base = reinterpret_cast<uintptr_t>(space_->base());
  const uint64_t words[] = {
      uint64_t{high} << 32 | low,
      base + array + 200,
      base + ended + kPairSize,
      // Nothing: beside the heap, or inside an object.
      base - 8,
      ~uint64_t{0},
      dead + 8,
  };
  const uint64_t live = Live([&](GcMarker& marker) {
    marker.MarkConservatively(std::begin(words), std::end(words));
  });
  // The object behind the end that is pointed to lives, too.
  EXPECT_EQ(live, 4 * kPairSize + GcArraySize(100, 4));
}

TEST_F(GcMarkerTest, IgnoresWhatIsNoReference) {
  const GcReference root = NewPair(0xd5d5d5d8, 16);
  EXPECT_EQ(LiveFrom(root), kPairSize);
}

}  // namespace
}  // namespace wasijit::test
