#include "compiler/validation/local_types.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

// Groups around the number of locals that are looked up directly.
TEST(LocalTypes, FindsEveryLocal) {
  const std::vector<ValueType> params = {ValueType::I32(), ValueType::F64()};
  const std::vector<LocalGroup> groups = {
      {60, ValueType::I64()}, {0, ValueType::F32()}, {5, ValueType::V128()},
      {0, ValueType::F32()},  {1, ValueType::I32()}, {40'000, ValueType::F64()},
  };
  std::vector<ValueType> expected = params;
  for (const LocalGroup& group : groups) {
    expected.insert(expected.end(), group.count, group.type);
  }
  LocalTypes locals;
  locals.Reset(params, groups);
  ASSERT_EQ(locals.count(), expected.size());
  for (uint32_t i = 0; i < locals.count(); ++i) {
    ASSERT_EQ(locals.At(i), expected[i]) << i;
  }
}

TEST(LocalTypes, RemembersInitializationUntilToldToForget) {
  const ValueType reference = ValueType::Ref(AbstractHeapType::kFunc, false);
  const std::vector<LocalGroup> groups = {{3, reference},
                                          {1, ValueType::I32()}};
  LocalTypes locals;
  locals.Reset(std::vector<ValueType>{reference}, groups);
  EXPECT_TRUE(locals.IsInitialized(0));
  EXPECT_FALSE(locals.IsInitialized(1));
  EXPECT_TRUE(locals.IsInitialized(4));

  locals.SetInitialized(1);
  const size_t outer = locals.record_size();
  locals.SetInitialized(2);
  locals.SetInitialized(1);
  locals.SetInitialized(4);
  EXPECT_TRUE(locals.IsInitialized(2));
  locals.Forget(outer);
  EXPECT_TRUE(locals.IsInitialized(1));
  EXPECT_FALSE(locals.IsInitialized(2));

  locals.Reset({}, groups);
  EXPECT_FALSE(locals.IsInitialized(1));
}

}  // namespace
}  // namespace wasijit::compiler
