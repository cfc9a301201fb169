#include "runtime/extern.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "runtime/tag.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

ExternType MemoryOf(uint64_t min, std::optional<uint64_t> max = {},
                    bool shared = false, uint8_t page_size_log2 = 16,
                    bool is64 = false) {
  MemoryType type;
  type.limits = {.min = min, .max = max, .is64 = is64};
  type.shared = shared;
  type.page_size_log2 = page_size_log2;
  return type;
}
ExternType TableOf(ValueType element, uint64_t min,
                   std::optional<uint64_t> max = {}, bool is64 = false) {
  return TableType{.element = element,
                   .limits = {.min = min, .max = max, .is64 = is64}};
}
ExternType GlobalOf(ValueType value, bool is_mutable) {
  return GlobalType{.value = value, .is_mutable = is_mutable};
}

class ExternTest : public RuntimeTest {
 protected:
  // Ids of () -> (), open; a final subtype of it; (i32) -> ().
  ExternTest() {
    ImageBuilder builder;
    SubType open;
    open.composite = FuncType{};
    open.is_final = false;
    builder.Add(open);
    SubType sub;
    sub.composite = FuncType{};
    sub.supertype = 0;
    builder.Add(sub);
    builder.Type({kI32}, {});
    const auto ids = engine_->types().AddModule(*builder.BuildModule());
    EXPECT_OK(ids);
    base_ = (*ids)[0];
    sub_ = (*ids)[1];
    other_ = (*ids)[2];
  }

  ExternType FunctionOf(TypeId id, bool exact = false) {
    return FunctionExternType{.type = id, .exact = exact};
  }
  ValueType RefTo(TypeId id, bool nullable) {
    return ValueType::Ref(HeapType::Concrete(id), nullable);
  }
  bool Matches(const ExternType& actual, const ExternType& expected) {
    return wasijit::Matches(engine_->types(), actual, expected);
  }

  TypeId base_;
  TypeId sub_;
  TypeId other_;
};

TEST_F(ExternTest, KindsNeverMatchEachOther) {
  const ExternType kTypes[] = {FunctionOf(base_), TableOf(kI32, 0), MemoryOf(0),
                               GlobalOf(kI32, false), TagType{.type = base_}};
  for (const ExternType& a : kTypes) {
    for (const ExternType& b : kTypes) {
      EXPECT_EQ(Matches(a, b), &a == &b);
    }
  }
}

TEST_F(ExternTest, FunctionsMatchTheirSupertypes) {
  EXPECT_TRUE(Matches(FunctionOf(base_), FunctionOf(base_)));
  EXPECT_TRUE(Matches(FunctionOf(sub_), FunctionOf(base_)));
  EXPECT_FALSE(Matches(FunctionOf(base_), FunctionOf(sub_)));
  EXPECT_FALSE(Matches(FunctionOf(other_), FunctionOf(base_)));
  EXPECT_TRUE(Matches(FunctionOf(sub_), FunctionOf(sub_, /*exact=*/true)));
  EXPECT_FALSE(Matches(FunctionOf(sub_), FunctionOf(base_, /*exact=*/true)));
}

TEST_F(ExternTest, LimitsMustLieWithinThoseExpected) {
  const struct {
    ExternType actual;
    ExternType expected;
    bool matches;
  } kCases[] = {
      {MemoryOf(1), MemoryOf(1), true},
      {MemoryOf(2), MemoryOf(1), true},
      {MemoryOf(1), MemoryOf(2), false},
      {MemoryOf(1, 5), MemoryOf(1), true},
      {MemoryOf(1), MemoryOf(1, 5), false},
      {MemoryOf(1, 5), MemoryOf(1, 5), true},
      {MemoryOf(1, 4), MemoryOf(1, 5), true},
      {MemoryOf(1, 6), MemoryOf(1, 5), false},
      {MemoryOf(1, 5, true), MemoryOf(1, 5), false},
      {MemoryOf(1, 5), MemoryOf(1, 5, true), false},
      {MemoryOf(1, 5, true), MemoryOf(1, 5, true), true},
      {MemoryOf(1, {}, false, 0), MemoryOf(1), false},
      {MemoryOf(1, {}, false, 16, true), MemoryOf(1), false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Matches(test.actual, test.expected), test.matches)
        << ToString(test.actual) << " as " << ToString(test.expected);
  }
}

TEST_F(ExternTest, TablesHaveExactlyTheElementType) {
  const ValueType funcref = ValueType::FuncRef();
  EXPECT_TRUE(Matches(TableOf(funcref, 3, 4), TableOf(funcref, 3)));
  EXPECT_FALSE(Matches(TableOf(funcref, 2), TableOf(funcref, 3)));
  EXPECT_FALSE(
      Matches(TableOf(funcref, 1), TableOf(ValueType::ExternRef(), 1)));
  EXPECT_FALSE(Matches(TableOf(RefTo(base_, true), 1), TableOf(funcref, 1)));
  EXPECT_FALSE(Matches(TableOf(funcref, 1), TableOf(RefTo(base_, true), 1)));
  EXPECT_FALSE(Matches(TableOf(funcref, 1, {}, true), TableOf(funcref, 1)));
}

TEST_F(ExternTest, ConstantsMayBeMorePreciseVariablesMayNot) {
  const ValueType funcref = ValueType::FuncRef();
  EXPECT_TRUE(Matches(GlobalOf(kI32, false), GlobalOf(kI32, false)));
  EXPECT_FALSE(Matches(GlobalOf(kI32, true), GlobalOf(kI32, false)));
  EXPECT_FALSE(Matches(GlobalOf(kI32, false), GlobalOf(kI32, true)));
  EXPECT_FALSE(Matches(GlobalOf(kI32, false), GlobalOf(kI64, false)));
  EXPECT_TRUE(
      Matches(GlobalOf(RefTo(sub_, false), false), GlobalOf(funcref, false)));
  EXPECT_FALSE(
      Matches(GlobalOf(funcref, false), GlobalOf(RefTo(sub_, true), false)));
  EXPECT_FALSE(
      Matches(GlobalOf(RefTo(sub_, true), true), GlobalOf(funcref, true)));
  EXPECT_TRUE(Matches(GlobalOf(funcref, true), GlobalOf(funcref, true)));
}

TEST_F(ExternTest, TagsHaveExactlyTheType) {
  EXPECT_TRUE(Matches(TagType{.type = base_}, TagType{.type = base_}));
  EXPECT_FALSE(Matches(TagType{.type = sub_}, TagType{.type = base_}));
}

TEST_F(ExternTest, ObjectsHaveTheirTypeAsItIsNow) {
  MemoryType memory_type;
  memory_type.limits = {.min = 1, .max = 5, .is64 = false};
  const auto memory = store_->NewMemory(memory_type);
  ASSERT_OK(memory);
  (*memory)->Grow(2);
  EXPECT_EQ(TypeOf(Extern(*memory)), MemoryOf(3, 5));
  const auto tag = store_->NewTag(FuncType{.params = {kI32}, .results = {}});
  ASSERT_OK(tag);
  EXPECT_EQ(TypeOf(Extern(*tag)), ExternType(TagType{.type = other_}));
  Function& function = NewFunction(HostFunction::Wrap([](int32_t) {}));
  EXPECT_TRUE(
      Matches(TypeOf(Extern(&function)), FunctionOf(other_, /*exact=*/true)));
  EXPECT_EQ(KindOf(Extern(&function)), ExternKind::kFunction);
}

TEST_F(ExternTest, DescriptionsShowSignatures) {
  EXPECT_EQ(Describe(engine_->types(), FunctionOf(other_)),
            "(func (param i32))");
  EXPECT_EQ(Describe(engine_->types(), TagType{.type = other_}),
            "(tag (func (param i32)))");
  EXPECT_EQ(Describe(engine_->types(), MemoryOf(1, 2)), "(memory 1 2)");
  EXPECT_EQ(Describe(engine_->types(), GlobalOf(kI32, true)),
            "(global (mut i32))");
}

}  // namespace
}  // namespace wasijit::test
