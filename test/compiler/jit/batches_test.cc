#include "compiler/jit/batches.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/codegen/optimization_level.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::IsEmpty;

constexpr OptimizationLevel kNone = OptimizationLevel::kNone;
constexpr OptimizationLevel kFull = OptimizationLevel::kFull;

constexpr uint8_t kNoLocals = 0;
constexpr uint8_t kEqz = 0x45;
constexpr uint8_t kEnd = 0x0b;

// A module with imported functions and bodies of the given sizes, all of
// one block.
Module ModuleOf(uint32_t imports, const std::vector<uint32_t>& sizes) {
  Module module;
  module.num_imported_functions = imports;
  module.types.emplace_back(FuncType{});
  module.functions.resize(imports);
  std::vector<uint8_t> bytes;
  for (uint32_t size : sizes) {
    const auto offset = static_cast<uint32_t>(bytes.size());
    module.functions.push_back({.type = 0, .body = {offset, size}});
    bytes.push_back(kNoLocals);
    bytes.resize(offset + size - 1, kEqz);
    bytes.push_back(kEnd);
  }
  module.bytes = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  return module;
}

TEST(PlanBatches, PartitionsTheDefinedFunctionsInOrder) {
  for (uint32_t imports : {0u, 3u}) {
    for (const std::vector<uint32_t>& sizes :
         {std::vector<uint32_t>{}, std::vector<uint32_t>{2},
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

// A function that gets less does not take its neighbours with it.
TEST(PlanBatches, KeepsLevelsApart) {
  const std::vector<Batch> batches =
      PlanBatches(ModuleOf(0, {10, 10, 100'000, 10, 10}), kFull);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].level, kFull);
  EXPECT_EQ(batches[1].level, kNone);
  EXPECT_EQ(batches[1].functions, std::vector<uint32_t>{2});
  EXPECT_EQ(batches[2].level, kFull);
}

TEST(PlanBatches, ModulesWithoutFunctionsHaveNone) {
  EXPECT_THAT(PlanBatches(ModuleOf(5, {}), kFull), IsEmpty());
}

TEST(IsInlineCandidate, IsASmallDefinedFunction) {
  const Module module = ModuleOf(1, {2, 120, 121, 1'000'000});
  EXPECT_FALSE(IsInlineCandidate(module, 0));
  EXPECT_TRUE(IsInlineCandidate(module, 1));
  EXPECT_TRUE(IsInlineCandidate(module, 2));
  EXPECT_FALSE(IsInlineCandidate(module, 3));
  EXPECT_FALSE(IsInlineCandidate(module, 4));
}

// A call with a thousand arguments is three bytes.
TEST(IsInlineCandidate, IsCheapToCompile) {
  std::string parameters;
  std::string arguments;
  for (int i = 0; i < 1'000; ++i) {
    absl::StrAppend(&parameters, "i32 ");
    if (i < 40) absl::StrAppend(&arguments, "local.get 0 ");
  }
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      test::ModuleFromWat(absl::StrCat(
          "(module (type $wide (func (param ", parameters, ")))",
          "(func (type $wide) ", arguments, "unreachable)",
          "(func (param i32) (result i32) local.get 0 i32.eqz))")));
  EXPECT_FALSE(IsInlineCandidate(module, 0));
  EXPECT_TRUE(IsInlineCandidate(module, 1));
}

}  // namespace
}  // namespace wasijit::compiler
