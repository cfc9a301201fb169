#include "runtime/gc_object.h"

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "runtime/gc_heap.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "test/runtime/gc_fixture.h"

namespace wasijit::test {
namespace {

class GcObjectTest : public GcTest {
 protected:
  GcObjectTest() {
    auto heap =
        GcHeap::Create({.max_size = 1 << 20}, registry_, [](GcMarker&) {});
    EXPECT_OK(heap);
    heap_ = *std::move(heap);
    heap_->AddTypes({pair_, references_, bytes_});
  }

  std::unique_ptr<GcHeap> heap_;
};

TEST_F(GcObjectTest, StructuresHaveTheirFields) {
  const auto pair = NewStructure(
      *heap_, pair_, {NewI31(3), Value::I64(-4), Value::Default(kAnyRef)});
  ASSERT_OK(pair);
  EXPECT_EQ(StructureField(*heap_, pair->ref(), 0)->ref(), NewI31(3).ref());
  EXPECT_EQ(*StructureField(*heap_, pair->ref(), 1), Value::I64(-4));
  EXPECT_TRUE(StructureField(*heap_, pair->ref(), 2)->IsNull());
  EXPECT_FALSE(StructureField(*heap_, pair->ref(), 3).has_value());
  EXPECT_FALSE(ArrayLength(*heap_, pair->ref()).has_value());
  EXPECT_EQ(TypeOfReference(*heap_, pair->ref()), pair->type());
}

// What is kept by an object alone.
TEST_F(GcObjectTest, StructuresKeepTheirDescriptor) {
  const FieldType number = {.storage = {.value = ValueType::I32()},
                            .is_mutable = false};
  SubType described;
  described.composite = StructType{{number}};
  described.descriptor = 1;
  SubType descriptor;
  descriptor.composite = StructType{{number}};
  descriptor.describes = 0;
  Module module;
  module.types = {described, descriptor};
  module.rec_groups = {{.first = 0, .count = 2}};
  const auto ids = registry_.AddModule(module);
  ASSERT_OK(ids);
  heap_->AddTypes(*ids);
  const auto first = NewStructure(*heap_, (*ids)[1], {Value::I32(8)});
  ASSERT_OK(first);
  const auto object = NewStructure(*heap_, (*ids)[0], {Value::I32(7)}, &*first);
  ASSERT_OK(object);
  EXPECT_EQ(*StructureField(*heap_, object->ref(), 0), Value::I32(7));
  heap_->Keep(*object);
  heap_->Collect();
  EXPECT_EQ(heap_->statistics().live, 16u + 8u);
}

TEST_F(GcObjectTest, ArraysHaveTheirElements) {
  const auto bytes = NewArray(*heap_, bytes_, Value::I32(-1), 3);
  ASSERT_OK(bytes);
  EXPECT_EQ(ArrayLength(*heap_, bytes->ref()), 3u);
  EXPECT_EQ(*ArrayElement(*heap_, bytes->ref(), 2), Value::I32(255));
  EXPECT_FALSE(ArrayElement(*heap_, bytes->ref(), 3).has_value());
  const uint8_t kNew[] = {7, 8};
  WriteElements(*heap_, static_cast<GcReference>(bytes->ref()), 1,
                absl::MakeConstSpan(kNew));
  EXPECT_EQ(*ArrayElement(*heap_, bytes->ref(), 0), Value::I32(255));
  EXPECT_EQ(*ArrayElement(*heap_, bytes->ref(), 2), Value::I32(8));

  const auto references =
      NewArrayOf(*heap_, references_, {*bytes, Value::Default(kAnyRef)});
  ASSERT_OK(references);
  EXPECT_EQ(ArrayElement(*heap_, references->ref(), 0)->ref(), bytes->ref());
  EXPECT_FALSE(StructureField(*heap_, references->ref(), 0).has_value());
}

TEST_F(GcObjectTest, NullAndNumbersHaveNoParts) {
  for (ReferenceBits reference : {ReferenceBits{0}, NewI31(9).ref()}) {
    EXPECT_FALSE(ArrayLength(*heap_, reference).has_value());
    EXPECT_FALSE(StructureField(*heap_, reference, 0).has_value());
  }
}

TEST_F(GcObjectTest, MissingRoomIsAnError) {
  EXPECT_THAT(NewArray(*heap_, bytes_, Value::I32(0), 2 << 20),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("allocation size too large")));
}

TEST_F(GcObjectTest, ConversionsLoseNothing) {
  const auto internal = InternalReference(*heap_, 77, kAnyRef);
  ASSERT_OK(internal);
  EXPECT_EQ(
      ExternalReference(*heap_, internal->ref(), ValueType::ExternRef()).ref(),
      77u);
  EXPECT_TRUE(TypeOfReference(*heap_, internal->ref())
                  .heap_type()
                  .Is(AbstractHeapType::kAny));
  for (ReferenceBits reference : {ReferenceBits{0}, NewI31(5).ref(),
                                  NewArrayOf(*heap_, bytes_, {})->ref()}) {
    const Value external =
        ExternalReference(*heap_, reference, ValueType::ExternRef());
    EXPECT_EQ(InternalReference(*heap_, external.ref(), kAnyRef)->ref(),
              reference);
  }
}

}  // namespace
}  // namespace wasijit::test
