#include "runtime/store.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/vm_context.h"
#include "runtime/function.h"
#include "runtime/gc_heap.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/memory.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/platform/activation.h"
#include "runtime/table.h"
#include "runtime/tag.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using StoreTest = RuntimeTest;

TEST_F(StoreTest, MakesObjectsOfTheHost) {
  GlobalType global_type;
  global_type.value = kF64;
  global_type.is_mutable = true;
  ASSERT_OK_AND_ASSIGN(Global * global,
                       store_->NewGlobal(global_type, Value::F64(1.5)));
  EXPECT_EQ(global->Get(), Value::F64(1.5));
  global->Set(Value::F64(2.5));
  EXPECT_EQ(global->Get(), Value::F64(2.5));
  EXPECT_THAT(store_->NewGlobal(global_type, Value::F32(1)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the value is f32, not f64"));

  TableType table_type;
  table_type.element = ValueType::ExternRef();
  table_type.limits.min = 2;
  const Value external = Value::Ref(ValueType::ExternRef(), 5);
  ASSERT_OK_AND_ASSIGN(Table * table, store_->NewTable(table_type, external));
  EXPECT_EQ(table->Get(1), 5u);
  EXPECT_THAT(
      store_->NewTable(table_type, Value::Default(ValueType::FuncRef())),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "the value is funcref, not externref"));
}

TEST_F(StoreTest, KnowsWhereItsMemoriesAre) {
  std::vector<Memory*> memories;
  MemoryType type;
  type.limits.min = 1;
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK_AND_ASSIGN(Memory * memory, store_->NewMemory(type));
    memories.push_back(memory);
  }
  EXPECT_EQ(store_->memory_ranges().count, 5u);
  for (Memory* memory : memories) {
    const auto base = reinterpret_cast<uintptr_t>(memory->data());
    EXPECT_TRUE(store_->memory_ranges().Contains(base));
    EXPECT_TRUE(store_->memory_ranges().Contains(base + (size_t{8} << 30)));
    EXPECT_FALSE(store_->memory_ranges().Contains(base - 1));
  }
}

TEST_F(StoreTest, ValuesMatchByWhatTheyReferTo) {
  Function& function =
      NewFunction(HostFunction::Wrap([](int32_t) { return 1; }));
  Function& other = NewFunction(HostFunction::Wrap([] {}));
  const auto ref = [](HeapType heap_type, bool nullable) {
    return ValueType::Ref(heap_type, nullable);
  };
  const HeapType own = HeapType::Concrete(function.type_id());
  const HeapType wrong = HeapType::Concrete(other.type_id());
  const Value untyped = Function::Reference(&function);
  const Value null = Value::Default(ValueType::FuncRef());
  const Value external = Value::Ref(ValueType::ExternRef(), 7);
  const struct {
    Value value;
    ValueType type;
    bool matches;
  } kCases[] = {
      {Value::I32(1), kI32, true},
      {Value::I32(1), kI64, false},
      {Value::I32(1), ValueType::FuncRef(), false},
      {untyped, ValueType::FuncRef(), true},
      {untyped, ref(AbstractHeapType::kFunc, false), true},
      {untyped, ref(own, false), true},
      {untyped, ref(wrong, true), false},
      {untyped, ref(AbstractHeapType::kNoFunc, true), false},
      {untyped, ValueType::ExternRef(), false},
      {function.Reference(), ref(own, true), true},
      {null, ValueType::FuncRef(), true},
      {null, ref(wrong, true), true},
      {null, ref(AbstractHeapType::kNoFunc, true), true},
      {null, ref(AbstractHeapType::kFunc, false), false},
      {null, ValueType::ExternRef(), false},
      {external, ValueType::ExternRef(), true},
      {external, ref(AbstractHeapType::kExtern, false), true},
      {external, ref(AbstractHeapType::kNoExtern, true), false},
      {Value::Default(ValueType::ExternRef()),
       ref(AbstractHeapType::kExtern, false), false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(store_->ValueMatches(test.value, test.type), test.matches)
        << ToString(test.value) << " as " << ToString(test.type);
  }
}

TEST_F(StoreTest, SharesMemoriesWithOtherStores) {
  MemoryType type;
  type.limits = {.min = 1, .max = 2};
  type.shared = true;
  auto first = std::make_unique<Store>(*engine_);
  ASSERT_OK_AND_ASSIGN(Memory * memory, first->NewMemory(type));
  store_->AddShared(*memory);
  store_->AddShared(*memory);
  EXPECT_EQ(store_->memory_ranges().count, 1u);
  first.reset();
  memory->data()[0] = 1;
  EXPECT_EQ(memory->Grow(1), 1u);
}

// The exceptions of a store, in its heap.
class StoreExceptionTest : public RuntimeTest {
 protected:
  static constexpr ValueType kExnRef =
      ValueType::Ref(AbstractHeapType::kExn, /*nullable=*/true);

  Tag& NewTag(std::vector<ValueType> payload) {
    auto tag = store_->NewTag({.params = std::move(payload), .results = {}});
    EXPECT_OK(tag);
    return **tag;
  }
  GcHeap& heap() { return **store_->gc_heap(); }
  uint64_t Live() {
    heap().Collect();
    return heap().statistics().live;
  }
  static ReferenceBits Bits(const VmException* exception) {
    return reinterpret_cast<ReferenceBits>(exception);
  }
  template <typename T>
  static void Fill(VmException* exception, size_t index, T value) {
    std::memcpy(ExceptionCell(exception, index), &value, sizeof(value));
  }
};

TEST_F(StoreExceptionTest, MakesExceptionsOfATag) {
  Tag& tag = NewTag({ValueType::I32(), ValueType::V128()});
  VmException* const exception = heap().NewException(tag);
  ASSERT_NE(exception, nullptr);
  EXPECT_EQ(exception->tag, &tag);
  EXPECT_TRUE(heap().IsException(Bits(exception)));
  EXPECT_FALSE(heap().IsException(Bits(exception) + kGcAlignment));
  EXPECT_FALSE(heap().IsException(reinterpret_cast<ReferenceBits>(&tag)));
  EXPECT_FALSE(heap().IsException(0));
  const GcReference box = heap().Box(1);
  EXPECT_FALSE(
      heap().IsException(reinterpret_cast<ReferenceBits>(heap().At(box))));
}

// Through payloads of each hierarchy, from a root of the embedder.
TEST_F(StoreExceptionTest, KeepsWhatPayloadsReferTo) {
  Tag& tag = NewTag({ValueType::I64(), kExnRef,
                     ValueType::Ref(AbstractHeapType::kAny, true),
                     ValueType::ExternRef()});
  VmException* outer = heap().NewException(tag);
  VmException* const inner = heap().NewException(tag);
  Fill(inner, 1, uint64_t{0});
  Fill(inner, 2, GcReference{0});
  Fill(inner, 3, /*the embedder's*/ uint64_t{1234});
  const GcReference box = heap().Box(1);
  const GcReference other = heap().Box(2);
  Fill(outer, 1, Bits(inner));
  Fill(outer, 2, box);
  Fill(outer, 3, kInternalExternTag | other);
  heap().Box(3);
  const auto root = heap().roots().insert(heap().roots().end(),
                                          Value::Ref(kExnRef, Bits(outer)));
  EXPECT_EQ(Live(), 2 * GcExceptionSize(4) + 2 * kGcBoxSize);
  heap().roots().erase(root);
  EXPECT_EQ(Live(), 0u);
}

TEST_F(StoreExceptionTest, KeepsForGoodWhatTheEmbedderHas) {
  Tag& tag = NewTag({});
  const Value exception = Value::Ref(kExnRef, Bits(heap().NewException(tag)));
  heap().NewException(tag);
  heap().Keep(exception);
  heap().Keep(exception);
  heap().Keep(Value::Default(kExnRef));
  heap().Keep(Value::I32(8));
  EXPECT_EQ(Live(), GcExceptionSize(0));
  EXPECT_TRUE(heap().IsException(exception.ref()));
}

TEST_F(StoreExceptionTest, SaysWhenThereIsNoRoom) {
  Store store(*engine_, {.max_gc_heap_size = 1 << 20});
  absl::StatusOr<Tag*> tag = store.NewTag(
      {.params = std::vector<ValueType>(999, ValueType::I64()), .results = {}});
  ASSERT_OK(tag);
  int count = 0;
  while (const VmException* exception = store.NewException(**tag)) {
    store.Keep(Value::Ref(kExnRef, Bits(exception)));
    ++count;
  }
  EXPECT_GT(count, 50);
  EXPECT_LT(count, 70);
}

}  // namespace
}  // namespace wasijit::test
