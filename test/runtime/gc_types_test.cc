#include "runtime/gc_types.h"

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/gc_layout.h"
#include "test/runtime/gc_fixture.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GcTypesTest : public GcTest {
 protected:
  GcTypesTest() : types_(registry_) {
    types_.Add({pair_, extern_, references_, bytes_});
  }

  GcTypes types_;
};

TEST_F(GcTypesTest, KnowsWhereReferencesAre) {
  EXPECT_THAT(types_.Get(pair_).references, ElementsAre(kFirst, kSecond));
  EXPECT_THAT(types_.Get(pair_).externs, IsEmpty());
  EXPECT_THAT(types_.Get(extern_).externs, ElementsAre(8));
  EXPECT_EQ(types_.Get(references_).elements, GcTypes::Trace::kReferences);
  EXPECT_FALSE(types_.Get(bytes_).HasReferences());
}

TEST_F(GcTypesTest, KnowsSizes) {
  uint8_t object[16] = {};
  Store(object, GcHeader(GcKind::kStructure, pair_));
  EXPECT_EQ(types_.SizeOf(object), kPairSize);
  Store(object, GcHeader(GcKind::kArray, references_));
  Store(object + kGcArrayLength, 3);
  EXPECT_EQ(types_.SizeOf(object), 24u);
  Store(object, GcHeader(GcKind::kBox, kNoType));
  EXPECT_EQ(types_.SizeOf(object), kGcBoxSize);
  Store(object, GcHeader(GcKind::kException, 3));
  EXPECT_EQ(types_.SizeOf(object), GcExceptionSize(3));
}

TEST_F(GcTypesTest, DisplaysHaveHeaders) {
  const uint32_t* const row = types_.displays() + pair_ * kGcDisplaySize;
  EXPECT_EQ(row[0], GcHeader(GcKind::kStructure, pair_));
  EXPECT_EQ(row[1], 0u);
}

TEST_F(GcTypesTest, IgnoresFunctions) {
  const TypeId function = *registry_.Add(FuncType());
  types_.Add({function, pair_});
  EXPECT_THAT(types_.Get(pair_).references, ElementsAre(kFirst, kSecond));
}

}  // namespace
}  // namespace wasijit::test
