#include "compiler/jit/batches.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compiler/codegen/optimization_level.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

using ::testing::IsEmpty;

constexpr OptimizationLevel kNone = OptimizationLevel::kNone;
constexpr OptimizationLevel kQuick = OptimizationLevel::kQuick;
constexpr OptimizationLevel kFull = OptimizationLevel::kFull;

// A module with imported functions and bodies of the given sizes.
Module ModuleOf(uint32_t imports, const std::vector<uint32_t>& sizes) {
  Module module;
  module.num_imported_functions = imports;
  module.functions.resize(imports);
  uint32_t offset = 8;
  for (uint32_t size : sizes) {
    module.functions.push_back({.type = 0, .body = {offset, size}});
    offset += size;
  }
  return module;
}

TEST(PlanBatches, PartitionsTheDefinedFunctionsInOrder) {
  for (uint32_t imports : {0u, 3u}) {
    for (const std::vector<uint32_t>& sizes :
         {std::vector<uint32_t>{}, std::vector<uint32_t>{1},
          std::vector<uint32_t>(1000, 10), std::vector<uint32_t>(100, 5'000),
          std::vector<uint32_t>{10, 100'000, 10, 1'000'000, 10, 10}}) {
      std::vector<uint32_t> planned;
      for (const Batch& batch : PlanBatches(ModuleOf(imports, sizes), kFull)) {
        EXPECT_FALSE(batch.functions.empty());
        planned.insert(planned.end(), batch.functions.begin(),
                       batch.functions.end());
      }
      std::vector<uint32_t> expected(sizes.size());
      for (uint32_t i = 0; i < expected.size(); ++i) expected[i] = imports + i;
      EXPECT_EQ(planned, expected);
    }
  }
}

TEST(PlanBatches, EndsBatchesByNumberAndBySize) {
  // Many small functions: at most 60 each.
  const std::vector<Batch> small =
      PlanBatches(ModuleOf(0, std::vector<uint32_t>(150, 10)), kFull);
  ASSERT_EQ(small.size(), 3u);
  EXPECT_EQ(small[0].functions.size(), 60u);
  EXPECT_EQ(small[2].functions.size(), 30u);
  // Larger ones: a batch ends once it has 24 KiB.
  const std::vector<Batch> large =
      PlanBatches(ModuleOf(0, std::vector<uint32_t>(12, 6 * 1024)), kFull);
  ASSERT_EQ(large.size(), 3u);
  for (const Batch& batch : large) EXPECT_EQ(batch.functions.size(), 4u);
}

TEST(PlanBatches, GivesLargeFunctionsLess) {
  const struct {
    uint32_t size;
    OptimizationLevel level;
    OptimizationLevel expected;
  } kCases[] = {
      {10, kFull, kFull},
      {64 * 1024, kFull, kFull},
      {64 * 1024 + 1, kFull, kQuick},
      {256 * 1024, kFull, kQuick},
      {256 * 1024 + 1, kFull, kNone},
      {7'654'321, kFull, kNone},
      {10, kQuick, kQuick},
      {64 * 1024 + 1, kQuick, kQuick},
      {256 * 1024 + 1, kQuick, kNone},
      {10, kNone, kNone},
      {256 * 1024 + 1, kNone, kNone},
  };
  for (const auto& test : kCases) {
    const std::vector<Batch> batches =
        PlanBatches(ModuleOf(0, {test.size}), test.level);
    ASSERT_EQ(batches.size(), 1u);
    EXPECT_EQ(batches[0].level, test.expected) << test.size;
  }
}

// A function that gets less does not take its neighbours with it.
TEST(PlanBatches, KeepsLevelsApart) {
  const std::vector<Batch> batches =
      PlanBatches(ModuleOf(0, {10, 10, 100'000, 10, 10}), kFull);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].level, kFull);
  EXPECT_EQ(batches[1].level, kQuick);
  EXPECT_EQ(batches[1].functions, std::vector<uint32_t>{2});
  EXPECT_EQ(batches[2].level, kFull);
}

TEST(PlanBatches, ModulesWithoutFunctionsHaveNone) {
  EXPECT_THAT(PlanBatches(ModuleOf(5, {}), kFull), IsEmpty());
}

TEST(IsInlineCandidate, IsASmallDefinedFunction) {
  const Module module = ModuleOf(1, {1, 120, 121, 1'000'000});
  EXPECT_FALSE(IsInlineCandidate(module, 0));
  EXPECT_TRUE(IsInlineCandidate(module, 1));
  EXPECT_TRUE(IsInlineCandidate(module, 2));
  EXPECT_FALSE(IsInlineCandidate(module, 3));
  EXPECT_FALSE(IsInlineCandidate(module, 4));
}

}  // namespace
}  // namespace wasijit::compiler
