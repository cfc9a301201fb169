#include "compiler/lowering/kept_traps.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/lowering/module_lowering.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/value.h"
#include "test/support/lowered_wat.h"
#include "test/support/running_wat.h"

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

TEST(KeptTraps, OnlyLoadsThatNothingNeedsAreVolatile) {
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
      {"returned on one path only",
       "(local.set 1 (i32.load (local.get 0)))"
       " (if (local.get 0) (then (return (i32.const 1)))) (local.get 1)",
       {true}},
      {"computed with on one path only",
       "(local.set 1 (i32.mul (i32.load (local.get 0)) (local.get 0)))"
       " (if (local.get 0) (then (return (i32.const 1)))) (local.get 1)",
       {true}},
      {"needed on both paths",
       "(local.set 1 (i32.load (local.get 0)))"
       " (if (local.get 0) (then (i32.store (i32.const 0) (local.get 1))))"
       " (local.get 1)",
       {false}},
      {"in different ways on the paths",
       "(local.set 1 (i32.load (local.get 0)))"
       " (if (result i32) (local.get 0)"
       " (then (i32.add (local.get 1) (i32.const 1)))"
       " (else (i32.mul (local.get 1) (i32.const 3))))",
       {false}},
      {"unless there is an explicit trap",
       "(local.set 1 (i32.load (local.get 0)))"
       " (i32.div_u (i32.const 1) (local.get 0)) (i32.add (local.get 1))",
       {false}},
      {"unless something happens before an explicit trap",
       "(local.set 1 (i32.load (local.get 0)))"
       " (if (local.get 0) (then (i32.store (i32.const 0) (i32.const 7))"
       " unreachable)) (local.get 1)",
       {true}},
      {"a sum over a loop",
       "(loop (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))"
       " (br_if 0 (local.get 0))) (local.get 1)",
       {false}},
      {"after one of a loop's two ends",
       "(loop (local.set 1 (i32.load (local.get 0)))"
       " (if (i32.eqz (local.get 0)) (then (return (i32.const 9))))"
       " (br_if 0 (i32.lt_u (local.get 0) (i32.const 7)))) (local.get 1)",
       {true}},
      {"before a loop without an end",
       "(local.set 1 (i32.load (local.get 0)))"
       " (if (local.get 0) (then (loop (br 0)))) (local.get 1)",
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

TEST(KeptTraps, StrictTrapsMakeEveryAccessVolatile) {
  const LoweredWat lowered(
      "(module (memory 1) (func (param i32) (result i32)"
      " (i32.store (local.get 0) (i32.const 1)) (i32.load (local.get 0))))",
      {.strict_traps = true});
  EXPECT_EQ(VolatileLoads(lowered), std::vector<bool>{true});
  EXPECT_THAT(lowered.Text(0), testing::HasSubstr("store volatile i32 1"));
}

TEST(KeptTraps, LoadsThatAreCheckedMayGo) {
  const LoweredWat lowered(
      "(module (memory 1) (func (param i32) (result i32) (local i32)"
      " (drop (i32.load (local.get 0))) (i32.const 0)))",
      {.bounds_checks = BoundsChecks::kExplicit});
  EXPECT_EQ(VolatileLoads(lowered), std::vector<bool>{false});
}

TEST(KeptTraps, OnlyCallsWhoseResultsAreNeededAreInlined) {
  const struct {
    const char* name;
    const char* body;
    bool inlined;
  } kCases[] = {
      {"no result", "(call $none) (i32.const 1)", true},
      {"returned", "(call $one)", true},
      {"dropped", "(drop (call $one)) (i32.const 1)", false},
      {"needed on one path",
       "(local.set 1 (call $one))"
       " (if (local.get 0) (then (return (i32.const 1)))) (local.get 1)",
       false},
      {"two results", "(i32.add (call $two))", true},
      {"one of two results", "(drop (call $two))", false},
  };
  for (const auto& test : kCases) {
    const LoweredWat lowered(absl::StrCat(
        "(module (func (param i32) (result i32) (local i32) ", test.body,
        ") (func $none) (func $one (result i32) (i32.const 1))"
        " (func $two (result i32 i32) (i32.const 1) (i32.const 2)))"));
    for (const llvm::Instruction& instruction :
         llvm::instructions(lowered.function(0))) {
      const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      if (call == nullptr) continue;
      EXPECT_EQ(call->isNoInline(), !test.inlined) << test.name;
    }
  }
}

// Each function takes an address and a number, accesses the address, and sets
// the global unless that traps; whatever way it takes, at every level.
TEST(KeptTraps, NothingThatCanBeSeenHappensAfterATrap) {
  constexpr absl::string_view kWat = R"((module
    (memory 1)
    (memory $other 1)
    (global $seen (mut i32) (i32.const 0))
    (func (export "seen") (result i32) (global.get $seen))
    (func $see (global.set $seen (i32.const 1)))
    (func $get (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "dropped") (param i32 i32) (result i32)
      (drop (i32.load (local.get 0)))
      (call $see)
      (i32.const 1))
    (func (export "dropped_by_a_caller") (param i32 i32) (result i32)
      (drop (call $get (local.get 0)))
      (call $see)
      (i32.const 1))
    (func (export "used_on_one_path") (param i32 i32) (result i32)
      (local $v i32)
      (local.set $v (i32.load (local.get 0)))
      (if (local.get 1) (then (call $see) (return (i32.const 1))))
      (local.get $v))
    (func (export "used_on_the_other_path") (param i32 i32) (result i32)
      (local $v i32)
      (local.set $v (i32.load (local.get 0)))
      (if (i32.eqz (local.get 1)) (then (call $see) (return (i32.const 1))))
      (local.get $v))
    (func (export "computed_on_one_path") (param i32 i32) (result i32)
      (local $v i32)
      (local.set $v (i32.mul (i32.load (local.get 0))
                             (i32.load offset=8 (local.get 0))))
      (if (local.get 1) (then (call $see) (return (i32.const 1))))
      (local.get $v))
    (func (export "stored_on_one_path") (param i32 i32) (result i32)
      (local $v i32)
      (local.set $v (i32.load (local.get 0)))
      (if (local.get 1)
        (then (i32.store $other (i32.const 0) (local.get $v)))
        (else (call $see)))
      (i32.const 1))
    (func (export "selected") (param i32 i32) (result i32)
      (select (i32.load (local.get 0)) (i32.const 5) (local.get 1))
      (call $see))
    (func (export "switched") (param i32 i32) (result i32) (local $v i32)
      (local.set $v (i32.load (local.get 0)))
      (block $a (block $b (block $c (br_table $a $b $c (local.get 1)))
          (return (i32.add (local.get $v) (i32.const 1))))
        (call $see) (return (i32.const 3)))
      (call $see)
      (i32.const 4))
    (func (export "after_one_end_of_a_loop") (param i32 i32) (result i32)
      (local $v i32) (local $i i32)
      (block $out
        (loop $loop
          (local.set $v (i32.load (local.get 0)))
          (br_if $out (i32.eq (local.get $i) (local.get 1)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (if (i32.eq (i32.mul (local.get $i) (local.get $i)) (i32.const 25))
            (then (return (local.get $v))))
          (br $loop)))
      (call $see)
      (i32.const 9))
    (func (export "then_a_global") (param i32 i32) (result i32) (local $v i32)
      (local.set $v (i32.load (local.get 0)))
      (global.set $seen (i32.const 1))
      (local.get $v))
    (func (export "stored_then_a_global") (param i32 i32) (result i32)
      (i32.store (local.get 0) (local.get 1))
      (global.set $seen (i32.const 1))
      (i32.const 1))
    (func (export "stored_then_stored_elsewhere") (param i32 i32) (result i32)
      (i32.store (local.get 0) (local.get 1))
      (i32.store $other (i32.const 0) (i32.const 1))
      (call $see)
      (i32.const 1))
    (func (export "overwritten") (param i32 i32) (result i32)
      (i32.store (local.get 0) (local.get 1))
      (i32.store (local.get 0) (i32.const 1))
      (call $see)
      (i32.const 1))
    (func (export "endless") (param i32 i32) (result i32)
      (loop $loop
        (i32.store (local.get 0) (local.get 1))
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (br $loop))
      (i32.const 1))
    (func (export "filled") (param i32 i32) (result i32) (local $i i32)
      (loop $loop
        (i32.store8 (local.get $i) (i32.const 0))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $loop (i32.ne (local.get $i)
                             (i32.add (local.get 0) (i32.const 1)))))
      (call $see)
      (i32.const 1))
    (func (export "copied") (param i32 i32) (result i32) (local $i i32)
      (loop $loop
        (i32.store8 $other (local.get $i) (i32.load8_u (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $loop (i32.ne (local.get $i)
                             (i32.add (local.get 0) (i32.const 1)))))
      (call $see)
      (i32.const 1))))";
  std::vector<test::WatCall> calls;
  for (absl::string_view function :
       {"dropped", "dropped_by_a_caller", "used_on_one_path",
        "used_on_the_other_path", "computed_on_one_path", "stored_on_one_path",
        "selected", "switched", "after_one_end_of_a_loop", "then_a_global",
        "stored_then_a_global", "stored_then_stored_elsewhere", "overwritten",
        "endless", "filled", "copied"}) {
    for (uint32_t number : {0u, 1u, 2u, 9u}) {
      calls.push_back({std::string(function),
                       {Value::I32(65536), Value::I32(number)},
                       "trap: out of bounds memory access"});
    }
  }
  calls.push_back({"seen", {}, ToString(Value::I32(0))});
  test::ExpectCalls(kWat, calls);
}

}  // namespace
}  // namespace wasijit::compiler
