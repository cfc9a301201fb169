#include "compiler/lowering/code_builder.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "test/support/lowered_wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::LoweredWat;

// The kind is in the instruction; a fence keeps the stores before it.
TEST(CodeBuilder, TrapsAreColdBlocksOfTheirOwn) {
  const LoweredWat lowered(
      "(module (func (param i32) (result i32)"
      " (i32.div_u (i32.const 1) (local.get 0))))");
  const std::string text = lowered.Text(0);
  EXPECT_EQ(lowered.Count<llvm::FenceInst>(0), 1u);
  EXPECT_THAT(text, HasSubstr("fence syncscope(\"singlethread\") seq_cst"));
  EXPECT_THAT(text, HasSubstr("call void @llvm.ubsantrap(i8 "));
  EXPECT_THAT(text, HasSubstr("!prof"));
  EXPECT_LT(text.find("fence"), text.find("call void @llvm.ubsantrap"));
}

TEST(CodeBuilder, WhatCannotTrapHasNoBlockForIt) {
  const LoweredWat lowered(
      "(module (func (param i32) (result i32)"
      " (i32.div_u (local.get 0) (i32.const 3))))");
  EXPECT_THAT(lowered.Text(0), Not(HasSubstr("ubsantrap")));
}

// Locations are on what may trap and on calls, and nowhere else.
TEST(CodeBuilder, LocatesTrapsAndCalls) {
  const LoweredWat lowered(
      "(module (memory 1) (func (param i32) (result i32)"
      " (i32.add (call 0 (local.get 0)) (i32.load (local.get 0)))))");
  for (const llvm::Instruction& instruction :
       llvm::instructions(lowered.function(0))) {
    const bool located = static_cast<bool>(instruction.getDebugLoc());
    if (llvm::isa<llvm::CallInst, llvm::LoadInst>(instruction)) {
      EXPECT_TRUE(located);
    } else {
      EXPECT_FALSE(located);
    }
  }
}

// A comparison that becomes a number only to be tested is tested itself.
TEST(CodeBuilder, ConditionsAreNotWidenedAndNarrowed) {
  const LoweredWat lowered(
      "(module (func (param i32) (result i32)"
      " (if (result i32) (i32.lt_u (local.get 0) (i32.const 7))"
      " (then (i32.const 1)) (else (i32.const 2)))))");
  EXPECT_EQ(lowered.Count<llvm::ICmpInst>(0), 1u) << lowered.Text(0);
}

}  // namespace
}  // namespace wasijit::compiler
