#include "compiler/jit/batch_lowering.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/batches.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/target/symbols.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::VerifierErrors;

// Function 1 calls 2, that 3, and so on, up to 5; 6 is too large to be copied;
// 0 is imported.
std::string Chain() {
  std::string large;
  for (int i = 0; i < 60; ++i) {
    absl::StrAppend(&large,
                    "(local.set 0 (i32.mul (local.get 0)"
                    " (local.get 0)))");
  }
  return absl::StrCat(R"((module
    (import "m" "f" (func $import (param i32) (result i32)))
    (func (param i32) (result i32)
      (i32.add (call 2 (local.get 0)) (call 6 (local.get 0))))
    (func (param i32) (result i32) (call 3 (local.get 0)))
    (func (param i32) (result i32) (call 4 (local.get 0)))
    (func (param i32) (result i32) (call 5 (local.get 0)))
    (func (param i32) (result i32) (call $import (local.get 0)))
    (func (param i32) (result i32) )",
                      large, R"( (local.get 0))))");
}

struct Lowered {
  // By linkage.
  std::vector<uint32_t> emitted;
  std::vector<uint32_t> copied;
  std::vector<uint32_t> declared;
};

Lowered Lower(const Module& module, const Batch& batch) {
  absl::StatusOr<Target> target =
      Target::Create(InstructionSet::kX86_64, "baseline");
  EXPECT_OK(target);
  const VmContextLayout layout(module);
  const LoweringInput input(module, layout, *target, {});
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> result =
      LowerBatch(input, batch, context);
  EXPECT_EQ(VerifierErrors(*result), "");
  Lowered lowered;
  for (const llvm::Function& function : *result) {
    const auto index = FunctionFromSymbol(function.getName().str());
    if (!index.has_value()) continue;
    (function.isDeclaration()                   ? lowered.declared
     : function.hasAvailableExternallyLinkage() ? lowered.copied
                                                : lowered.emitted)
        .push_back(*index);
  }
  return lowered;
}

TEST(LowerBatch, EmitsTheBatchAndCopiesSmallCallees) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(Chain()));
  const Lowered lowered =
      Lower(module, {.functions = {1}, .level = OptimizationLevel::kFull});
  EXPECT_THAT(lowered.emitted, ElementsAre(1));
  // Three deep; what the last of them calls is only declared.
  EXPECT_THAT(lowered.copied, UnorderedElementsAre(2, 3, 4));
  EXPECT_THAT(lowered.declared, UnorderedElementsAre(5, 6));
}

TEST(LowerBatch, CopiesNothingThatItEmits) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(Chain()));
  const Lowered lowered = Lower(
      module, {.functions = {1, 2, 3, 6}, .level = OptimizationLevel::kFull});
  EXPECT_THAT(lowered.emitted, UnorderedElementsAre(1, 2, 3, 6));
  EXPECT_THAT(lowered.copied, UnorderedElementsAre(4, 5));
  EXPECT_THAT(lowered.declared, IsEmpty());
}

// Without inlining copies would be compiled for nothing.
TEST(LowerBatch, CopiesNothingBelowTheFullLevel) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(Chain()));
  for (OptimizationLevel level :
       {OptimizationLevel::kNone, OptimizationLevel::kQuick}) {
    const Lowered lowered = Lower(module, {.functions = {1}, .level = level});
    EXPECT_THAT(lowered.copied, IsEmpty());
    EXPECT_THAT(lowered.declared, UnorderedElementsAre(2, 6));
  }
}

}  // namespace
}  // namespace wasijit::compiler
