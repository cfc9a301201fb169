#include "compiler/lowering/module_lowering.h"

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ProfDataUtils.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "test/support/llvm_ir.h"
#include "test/support/lowered_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::IrText;
using ::wasijit::test::LoweredWat;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::VerifierErrors;

TEST(ModuleLowering, GivesFunctionsTheirAttributes) {
  for (InstructionSet instruction_set :
       {InstructionSet::kX86_64, InstructionSet::kAArch64}) {
    const LoweredWat lowered("(module (func (loop (br 0))))", {},
                             instruction_set);
    const llvm::Function& function = lowered.function(0);
    EXPECT_EQ(function.getCallingConv(), llvm::CallingConv::Swift);
    // Exceptions may pass: code comes with tables for unwinding.
    EXPECT_FALSE(function.doesNotThrow());
    EXPECT_TRUE(function.isDSOLocal());
    EXPECT_EQ(function.getFnAttribute("frame-pointer").getValueAsString(),
              "all");
    EXPECT_EQ(function.getFnAttribute("probe-stack").getValueAsString(),
              "inline-asm");
    EXPECT_TRUE(function.hasFnAttribute("target-features"));
    // Endless loops are legal.
    EXPECT_FALSE(function.mustProgress());
    EXPECT_FALSE(function.willReturn());
  }
}

TEST(ModuleLowering, IsPositionIndependent) {
  const LoweredWat lowered(
      "(module (memory 1) (func (result i32) "
      "(memory.grow (i32.const 1))))");
  EXPECT_EQ(lowered.code().getPICLevel(), llvm::PICLevel::SmallPIC);
  EXPECT_TRUE(lowered.code().getRtLibUseGOT());
  const llvm::Function* libcall =
      lowered.code().getFunction("wasijit.MemoryGrow");
  ASSERT_NE(libcall, nullptr);
  EXPECT_TRUE(libcall->hasFnAttribute(llvm::Attribute::NonLazyBind));
  EXPECT_TRUE(libcall->doesNotThrow());
  EXPECT_EQ(libcall->getCallingConv(), llvm::CallingConv::C);
}

TEST(ModuleLowering, LowersOnceAndForItsPurpose) {
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ModuleFromWat("(module (func) (func) (func (call 0)))"));
  const VmContextLayout layout(module);
  ASSERT_OK_AND_ASSIGN(const Target target,
                       Target::Create(InstructionSet::kX86_64, "baseline"));
  const LoweringInput input(module, layout, target, {});
  llvm::LLVMContext context;
  ModuleLowering lowering(input, context);
  lowering.LowerFunction(2, CodePurpose::kEmit);
  lowering.LowerFunction(0, CodePurpose::kInline);
  lowering.LowerFunction(2, CodePurpose::kInline);
  const auto code = std::move(lowering).Finish();
  EXPECT_EQ(VerifierErrors(*code), "");
  EXPECT_TRUE(code->getFunction("f2")->hasWeakODRLinkage());
  EXPECT_TRUE(code->getFunction("f0")->hasAvailableExternallyLinkage());
  EXPECT_EQ(code->getFunction("f1"), nullptr);
  EXPECT_EQ(code->getFunction("f2")->size(), 1u);
}

// The scopes of an access: one of its own, and those it does not touch.
struct Scopes {
  size_t own = 0;
  size_t others = 0;
};
Scopes ScopesOf(const llvm::Instruction& access) {
  const auto count = [&](unsigned kind) {
    const llvm::MDNode* node = access.getMetadata(kind);
    return node == nullptr ? 0 : node->getNumOperands();
  };
  return {count(llvm::LLVMContext::MD_alias_scope),
          count(llvm::LLVMContext::MD_noalias)};
}

TEST(ModuleLowering, TellsMemoriesApartWhereLlvmCannot) {
  const struct {
    const char* memories;
    const char* access;
    Scopes expected;
  } kCases[] = {
      // LLVM sees that the context is apart.
      {"(memory 1)", "(i32.load (i32.const 0))", {0, 0}},
      {"(import \"m\" \"n\" (memory 1))", "(i32.load (i32.const 0))", {1, 1}},
      {"(memory 1) (memory 1)", "(i32.load 0 (i32.const 0))", {1, 2}},
      {"(memory 1) (memory 1)", "(i32.load 1 (i32.const 0))", {1, 2}},
      // Two imports may be one memory.
      {"(import \"m\" \"n\" (memory 1)) (import \"m\" \"o\" (memory 1))",
       "(i32.load 1 (i32.const 0))",
       {1, 1}},
      {"(import \"m\" \"n\" (memory 1)) (import \"m\" \"o\" (memory 1))"
       "(memory 1)",
       "(i32.load 1 (i32.const 0))",
       {1, 2}},
      {"(import \"m\" \"n\" (memory 1)) (import \"m\" \"o\" (memory 1))"
       "(memory 1)",
       "(i32.load 2 (i32.const 0))",
       {1, 3}},
  };
  for (const auto& test : kCases) {
    const LoweredWat lowered(absl::StrCat(
        "(module ", test.memories, " (func (result i32) ", test.access, "))"));
    for (const llvm::Instruction& instruction :
         llvm::instructions(lowered.function(0))) {
      const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
      if (load == nullptr || load->getAlign() != llvm::Align(1)) continue;
      const Scopes scopes = ScopesOf(*load);
      EXPECT_EQ(scopes.own, test.expected.own) << test.memories;
      EXPECT_EQ(scopes.others, test.expected.others) << test.memories;
    }
  }
}

// Only calls and what can trap has a place: more cost compile time.
TEST(ModuleLowering, LocatesCallsAccessesAndTrapsOnly) {
  const LoweredWat lowered(R"(
    (module (memory 1) (func (param i32) (result i32)
      (i32.add (i32.mul (local.get 0) (i32.const 3))
        (i32.div_u (i32.load (local.get 0)) (call 0 (local.get 0))))))
  )");
  for (const llvm::Instruction& instruction :
       llvm::instructions(lowered.function(0))) {
    const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
    const bool can_trap =
        llvm::isa<llvm::CallInst>(instruction) ||
        (load != nullptr && load->getAlign() == llvm::Align(1));
    EXPECT_EQ(!!instruction.getDebugLoc(), can_trap)
        << instruction.getOpcodeName();
    if (instruction.getDebugLoc()) {
      EXPECT_GT(instruction.getDebugLoc().getLine(),
                lowered.module().functions[0].body.offset);
    }
  }
}

// Weights as hinted: taken or not; and none without a hint or with one that is
// for no branch.
TEST(ModuleLowering, WeighsBranchesAsHinted) {
  const LoweredWat lowered(R"(
    (module
      (func (param i32)
        (block (@metadata.code.branch_hint "\01") (br_if 0 (local.get 0))))
      (func (param i32)
        (@metadata.code.branch_hint "\00") (if (local.get 0) (then (call 0
          (i32.const 1)))))
      (func (param i32) (if (local.get 0) (then (call 0 (i32.const 1))))))
  )");
  const std::optional<bool> kLikely[] = {true, false, std::nullopt};
  for (uint32_t i = 0; i < std::size(kLikely); ++i) {
    int branches = 0;
    for (const llvm::Instruction& instruction :
         llvm::instructions(lowered.function(i))) {
      const auto* branch = llvm::dyn_cast<llvm::BranchInst>(&instruction);
      if (branch == nullptr || branch->isUnconditional()) continue;
      ++branches;
      uint64_t taken = 0;
      uint64_t other = 0;
      const bool weighed = llvm::extractBranchWeights(*branch, taken, other);
      EXPECT_EQ(weighed, kLikely[i].has_value()) << i;
      if (weighed) EXPECT_EQ(taken > other, *kLikely[i]) << i;
    }
    EXPECT_EQ(branches, 1) << i;
  }
}

}  // namespace
}  // namespace wasijit::compiler
