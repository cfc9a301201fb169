#include "compiler/lowering/dead_loads.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "test/support/lowered_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::LoweredWat;

// For each load of linear memory, in order: whether it is volatile.
std::vector<bool> VolatileLoads(const LoweredWat& lowered) {
  std::vector<bool> result;
  for (const llvm::Instruction& instruction :
       llvm::instructions(lowered.function(0))) {
    const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
    // Loads of the context are aligned.
    if (load != nullptr && load->getAlign() == llvm::Align(1)) {
      result.push_back(load->isVolatile());
    }
  }
  return result;
}

TEST(DeadLoads, OnlyLoadsThatNothingNeedsAreVolatile) {
  const struct {
    const char* name;
    const char* body;
    std::vector<bool> expected;
  } kCases[] = {
      {"returned", "(i32.load (local.get 0))", {false}},
      {"dropped", "(drop (i32.load (local.get 0))) (i32.const 0)", {true}},
      {"in a local that nobody reads",
       "(local.set 1 (i32.load (local.get 0))) (i32.const 0)",
       {true}},
      {"in a local that is overwritten",
       "(local.set 1 (i32.load (local.get 0)))"
       " (local.set 1 (i32.load (local.get 0))) (local.get 1)",
       {true, false}},
      {"stored",
       "(i32.store (i32.const 0) (i32.load (local.get 0)))"
       " (i32.const 0)",
       {false}},
      {"an address", "(i32.load (i32.load (local.get 0)))", {false, false}},
      {"an address of a dropped load",
       "(drop (i32.load (i32.load (local.get 0)))) (i32.const 0)",
       {false, true}},
      {"used in a dropped sum",
       "(drop (i32.add (i32.const 1) (i32.load (local.get 0)))) (i32.const 0)",
       {true}},
      {"a condition",
       "(if (i32.load (local.get 0)) (then (nop))) (i32.const 0)",
       {false}},
      {"discarded by a branch",
       "(block (result i32) (i32.load (local.get 0)) (i32.const 1) (br 0))",
       {true}},
      {"discarded by a return",
       "(i32.load (local.get 0)) (return (i32.const 1))",
       {true}},
      {"discarded by unreachable",
       "(i32.load (local.get 0)) unreachable",
       {true}},
      {"a block's result that is dropped",
       "(drop (block (result i32) (i32.load (local.get 0)))) (i32.const 0)",
       {true}},
      {"one of two values of a dropped result",
       "(drop (if (result i32) (local.get 0)"
       " (then (i32.load (local.get 0))) (else (i32.const 1)))) (i32.const 0)",
       {true}},
      {"carried around a loop for nothing",
       "(loop (local.set 1 (i32.load (local.get 0)))"
       " (br_if 0 (local.get 0))) (i32.const 0)",
       {true}},
      {"a cycle of locals that nothing else needs",
       "(loop (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))"
       " (br_if 0 (local.get 0))) (i32.const 0)",
       {true}},
      {"an argument",
       "(drop (call 0 (i32.load (local.get 0)))) (i32.const 0)",
       {false}},
      {"a dropped float",
       "(drop (f64.load (local.get 0))) (i32.const 0)",
       {true}},
      {"a dropped vector",
       "(drop (v128.load (local.get 0))) (i32.const 0)",
       {true}},
      {"a dropped narrow load",
       "(drop (i64.load8_s (local.get 0))) (i32.const 0)",
       {true}},
      {"behind a select that is dropped",
       "(drop (select (i32.load (local.get 0)) (i32.const 1) (local.get 0)))"
       " (i32.const 0)",
       {true}},
  };
  for (const auto& test : kCases) {
    const LoweredWat lowered(absl::StrCat(
        "(module (memory 1) (func (param i32) (result i32) (local i32) ",
        test.body, "))"));
    EXPECT_EQ(VolatileLoads(lowered), test.expected) << test.name << "\n"
                                                     << lowered.Text(0);
  }
}

TEST(DeadLoads, StrictTrapsMakeEveryAccessVolatile) {
  const LoweredWat lowered(
      "(module (memory 1) (func (param i32) (result i32)"
      " (i32.store (local.get 0) (i32.const 1)) (i32.load (local.get 0))))",
      {.strict_traps = true});
  EXPECT_EQ(VolatileLoads(lowered), std::vector<bool>{true});
  EXPECT_THAT(lowered.Text(0), testing::HasSubstr("store volatile i32 1"));
}

}  // namespace
}  // namespace wasijit::compiler
