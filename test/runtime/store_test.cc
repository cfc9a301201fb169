#include "runtime/store.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/platform/activation.h"
#include "runtime/table.h"
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

}  // namespace
}  // namespace wasijit::test
