#include "runtime/gc_space.h"

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/gc_cards.h"
#include "runtime/abi/gc_layout.h"
#include "test/runtime/gc_fixture.h"

namespace wasijit::test {
namespace {

class GcSpaceTest : public GcTest {
 protected:
  GcSpaceTest() : types_(registry_) { types_.Add({pair_, bytes_}); }

  std::unique_ptr<GcSpace> Make(uint64_t max_size) {
    auto space = GcSpace::Create(max_size, types_);
    EXPECT_OK(space);
    return *std::move(space);
  }
  GcReference NewPair(GcSpace& space) {
    const GcReference reference = space.Take(kPairSize);
    if (reference != 0) {
      Store(space.At(reference), GcHeader(GcKind::kStructure, pair_));
    }
    return reference;
  }
  GcReference NewBytes(GcSpace& space, uint32_t length) {
    const GcReference reference = space.Take(GcArraySize(length, 1));
    if (reference != 0) {
      Store(space.At(reference), GcHeader(GcKind::kArray, bytes_));
      Store(space.At(reference) + kGcArrayLength, length);
    }
    return reference;
  }

  GcTypes types_;
};

TEST_F(GcSpaceTest, ObjectsLieApart) {
  const auto space = Make(1 << 20);
  std::set<GcReference> pairs;
  for (int i = 0; i < 1000; ++i) {
    const GcReference pair = NewPair(*space);
    ASSERT_NE(pair, 0u);
    EXPECT_EQ(pair % kGcAlignment, 0u);
    if (!pairs.empty()) EXPECT_GE(pair, *pairs.rbegin() + kPairSize);
    pairs.insert(pair);
  }
}

TEST_F(GcSpaceTest, EndsAtItsLimit) {
  const auto space = Make(1 << 20);
  EXPECT_EQ(space->max_size(), 1u << 20);
  EXPECT_EQ(NewBytes(*space, 1 << 20), 0u);
  EXPECT_EQ(space->Take(UINT64_MAX & -8), 0u);
  int count = 0;
  while (NewBytes(*space, 9000) != 0) ++count;
  EXPECT_GE(count, 110);
  EXPECT_LE(count, 116);
  EXPECT_LE(space->committed(), 1u << 20);
}

// What compiled code may cut off is what Take would give next.
TEST_F(GcSpaceTest, CompiledCodeCutsOffTheSame) {
  const auto space = Make(1 << 20);
  const GcReference first = NewPair(*space);
  EXPECT_EQ(space->vm().next, first + kPairSize);
  EXPECT_GT(space->vm().limit, space->vm().next);
  Store(space->At(space->vm().next), GcHeader(GcKind::kStructure, pair_));
  space->vm().next += kPairSize;
  EXPECT_EQ(NewPair(*space), first + 2 * kPairSize);
  space->BeginMarking(GcScope::kAll);
  EXPECT_TRUE(space->IsObject(first + kPairSize));
  space->AllowInlineAllocation(false);
  EXPECT_EQ(space->vm().limit, 0u);
}

TEST_F(GcSpaceTest, KnowsWhereObjectsBeginAndEnd) {
  const auto space = Make(1 << 20);
  const GcReference pair = NewPair(*space);
  const GcReference array = NewBytes(*space, 5000);
  const GcReference large = NewBytes(*space, 100000);
  space->BeginMarking(GcScope::kAll);
  for (GcReference object : {pair, array, large}) {
    EXPECT_TRUE(space->IsObject(object));
    EXPECT_EQ(space->ObjectAround(object), object);
    EXPECT_EQ(space->ObjectAround(object + 7), object);
  }
  EXPECT_EQ(space->ObjectAround(array + 5007), array);
  EXPECT_EQ(space->ObjectAround(large + 100007), large);
  EXPECT_EQ(space->ObjectAround(large + 100008), 0u);
  EXPECT_EQ(space->ObjectAround(kGcFirstObject - 1), 0u);
  EXPECT_EQ(space->ObjectAround(UINT32_MAX), 0u);
  for (GcReference wrong : {0u, 8u, pair + 1, pair + 8, array + 8, UINT32_MAX,
                            kGcFirstObject - 8, space->top()}) {
    EXPECT_FALSE(space->IsObject(wrong)) << wrong;
  }
}

// Between collections, as often as one likes.
TEST_F(GcSpaceTest, KnowsNewObjects) {
  const auto space = Make(1 << 20);
  const GcReference first = NewPair(*space);
  space->NoteObjects();
  EXPECT_TRUE(space->IsObject(first));
  EXPECT_FALSE(space->IsObject(first + kPairSize));
  const GcReference second = NewPair(*space);
  space->NoteObjects();
  space->NoteObjects();
  EXPECT_TRUE(space->IsObject(second));
  space->BeginMarking(GcScope::kAll);
  EXPECT_TRUE(space->Mark(second));
  space->EndMarking(GcScope::kAll, false);
  EXPECT_EQ(space->live(), kPairSize);
}

// A collection about new objects leaves all others alone.
TEST_F(GcSpaceTest, WhatIsOldLives) {
  const auto space = Make(1 << 20);
  const GcReference old = NewPair(*space);
  NewPair(*space);
  const auto collect = [&](GcScope scope, std::vector<GcReference> marked) {
    space->BeginMarking(scope);
    for (const GcReference reference : marked) space->Mark(reference);
    space->EndMarking(scope, /*poison=*/true);
    return space->live();
  };
  EXPECT_EQ(collect(GcScope::kNew, {old}), kPairSize);
  const GcReference young = NewPair(*space);
  EXPECT_NE(young, old);
  EXPECT_EQ(collect(GcScope::kNew, {young}), 2 * kPairSize);
  NewBytes(*space, 100'000);
  EXPECT_EQ(collect(GcScope::kNew, {}), 2 * kPairSize);
  EXPECT_EQ(Load<uint32_t>(space->At(old)),
            GcHeader(GcKind::kStructure, pair_));
  EXPECT_EQ(Load<uint32_t>(space->At(young)),
            GcHeader(GcKind::kStructure, pair_));
  EXPECT_EQ(collect(GcScope::kAll, {young}), kPairSize);
  space->NoteObjects();
  EXPECT_FALSE(space->IsObject(old));
}

// Old objects that a write may have been to, and each stretch of an array.
TEST_F(GcSpaceTest, VisitsWhatWasWritten) {
  const auto space = Make(1 << 20);
  const GcReference first = NewPair(*space);
  const GcReference array = NewBytes(*space, 20 * kGcCardSize);
  const GcReference last = NewPair(*space);
  const auto collect = [&](GcScope scope) {
    space->BeginMarking(scope);
    std::set<GcReference> visited;
    space->VisitWrites([&](GcReference object, uint32_t begin, uint32_t end) {
      EXPECT_EQ(end - begin, kGcCardSize);
      EXPECT_EQ(begin % kGcCardSize, 0u);
      visited.insert(object);
      if (object == array) visited.insert(begin);
    });
    for (const GcReference reference : {first, array, last}) {
      space->Mark(reference);
    }
    space->EndMarking(scope, /*poison=*/false);
    return visited;
  };
  // New objects need no visit.
  space->NoteWrites(first, kPairSize);
  EXPECT_TRUE(collect(GcScope::kNew).empty());
  space->NoteWrites(last, kPairSize);
  EXPECT_TRUE(collect(GcScope::kNew).contains(last));
  EXPECT_TRUE(collect(GcScope::kNew).empty());

  const uint32_t middle = array / kGcCardSize * kGcCardSize + 5 * kGcCardSize;
  space->NoteWrites(middle + 8, 2 * kGcCardSize);
  const std::set<GcReference> expected = {array, middle, middle + kGcCardSize,
                                          middle + 2 * kGcCardSize};
  EXPECT_EQ(collect(GcScope::kNew), expected);

  space->NoteWrites(first, kPairSize);
  EXPECT_TRUE(collect(GcScope::kAll).empty());
  EXPECT_TRUE(collect(GcScope::kNew).empty());
  space->NoteWrites(first, 0);
  EXPECT_TRUE(collect(GcScope::kNew).empty());
}

TEST_F(GcSpaceTest, WhatDiesMakesRoom) {
  const auto space = Make(1 << 20);
  for (int round = 0; round < 20; ++round) {
    std::vector<GcReference> objects;
    while (true) {
      const GcReference object =
          objects.size() % 3 == 0 ? NewBytes(*space, 1000) : NewPair(*space);
      if (object == 0) break;
      objects.push_back(object);
    }
    // As much as in the first round.
    EXPECT_GT(objects.size(), 2000u);
    space->BeginMarking(GcScope::kAll);
    EXPECT_TRUE(space->Mark(objects[1]));
    EXPECT_FALSE(space->Mark(objects[1]));
    space->EndMarking(GcScope::kAll, /*poison=*/true);
    EXPECT_EQ(space->live(), kPairSize);
    EXPECT_EQ(space->taken(), 0u);
    EXPECT_EQ(Load<uint32_t>(space->At(objects[1])),
              GcHeader(GcKind::kStructure, pair_));
    EXPECT_EQ(Load<uint32_t>(space->At(objects[1500])), 0xd5d5d5d5);
  }
}

// New objects never lie on what lives.
TEST_F(GcSpaceTest, WhatLivesStays) {
  const auto space = Make(1 << 20);
  std::vector<GcReference> objects;
  while (const GcReference object = NewBytes(*space, 100)) {
    objects.push_back(object);
  }
  space->BeginMarking(GcScope::kAll);
  for (size_t i = 0; i < objects.size(); i += 37) space->Mark(objects[i]);
  space->EndMarking(GcScope::kAll, false);
  std::set<GcReference> fresh;
  for (uint32_t length = 0;; length = (length + 311) % 3000) {
    const GcReference object = NewBytes(*space, length);
    if (object == 0) break;
    fresh.insert(object);
    for (size_t i = 0; i < objects.size(); i += 37) {
      const uint64_t end = object + GcArraySize(length, 1);
      EXPECT_TRUE(end <= objects[i] || object >= objects[i] + 108);
    }
  }
  EXPECT_GT(fresh.size(), 50u);
  space->BeginMarking(GcScope::kAll);
  for (size_t i = 0; i < objects.size(); i += 37) {
    EXPECT_TRUE(space->IsObject(objects[i]));
  }
  for (GcReference object : fresh) EXPECT_TRUE(space->IsObject(object));
}

}  // namespace
}  // namespace wasijit::test
