#include "runtime/rooted_value.h"

#include <utility>

#include "gtest/gtest.h"
#include "runtime/gc_heap.h"
#include "runtime/gc_object.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

class RootedValueTest : public RuntimeTest {
 protected:
  RootedValueTest() : heap_(**store_->gc_heap()) {}

  Value NewBox() {
    return *InternalReference(
        heap_, 77, ValueType::Ref(AbstractHeapType::kAny, /*nullable=*/false));
  }
  uint64_t Live() {
    heap_.Collect();
    return heap_.statistics().live;
  }

  GcHeap& heap_;
};

TEST_F(RootedValueTest, KeepsWhatItRefersTo) {
  {
    const RootedValue root(*store_, NewBox());
    EXPECT_EQ(Live(), kGcBoxSize);
    EXPECT_EQ(ExternalReference(heap_, root.get().ref(), ValueType::ExternRef())
                  .ref(),
              77u);
  }
  EXPECT_EQ(Live(), 0u);
}

TEST_F(RootedValueTest, Moves) {
  RootedValue first(*store_, NewBox());
  RootedValue second = std::move(first);
  EXPECT_EQ(Live(), kGcBoxSize);
  RootedValue third(*store_, Value::I32(5));
  third = std::move(second);
  second = RootedValue(*store_, Value::I32(6));
  EXPECT_EQ(Live(), kGcBoxSize);
  EXPECT_EQ(second.get(), Value::I32(6));
  third = RootedValue(*store_, Value::I32(7));
  EXPECT_EQ(Live(), 0u);
}

TEST_F(RootedValueTest, NeedsNoHeap) {
  Store other(*engine_);
  const RootedValue root(other, Value::Default(ValueType::ExternRef()));
  EXPECT_TRUE(root.get().IsNull());
  EXPECT_EQ(other.existing_gc_heap(), nullptr);
}

}  // namespace
}  // namespace wasijit::test
