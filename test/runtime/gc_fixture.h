// Types of objects for tests of the heap.
#ifndef WASIJIT_TEST_RUNTIME_GC_FIXTURE_H_
#define WASIJIT_TEST_RUNTIME_GC_FIXTURE_H_

#include <cstring>

#include "gtest/gtest.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/gc_types.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {

class GcTest : public testing::Test {
 protected:
  static constexpr ValueType kAnyRef =
      ValueType::Ref(AbstractHeapType::kAny, /*nullable=*/true);

  GcTest() {
    const auto field = [](ValueType type) {
      return FieldType{.storage = {.value = type}, .is_mutable = true};
    };
    pair_ = *registry_.Add(
        StructType{{field(kAnyRef), field(ValueType::I64()), field(kAnyRef)}});
    extern_ = *registry_.Add(StructType{{field(ValueType::ExternRef())}});
    references_ = *registry_.Add(ArrayType{field(kAnyRef)});
    bytes_ = *registry_.Add(ArrayType{
        {.storage = {.value = ValueType::I32(), .packed = PackedType::kI8},
         .is_mutable = true}});
  }

  // Of the pair: where its references are.
  static constexpr uint32_t kFirst = 4;
  static constexpr uint32_t kNumber = 8;
  static constexpr uint32_t kSecond = 16;
  static constexpr uint32_t kPairSize = 24;

  SharedTypeRegistry registry_;
  TypeId pair_;
  TypeId extern_;
  TypeId references_;
  TypeId bytes_;
};

template <typename T>
T Load(const uint8_t* place) {
  T value;
  std::memcpy(&value, place, sizeof(value));
  return value;
}
template <typename T>
void Store(uint8_t* place, T value) {
  std::memcpy(place, &value, sizeof(value));
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_RUNTIME_GC_FIXTURE_H_
