// Where exceptions are caught: the part of ControlStack in handlers.cc.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "llvm/IR/Instructions.h"
#include "runtime/module/value.h"
#include "test/support/lowered_wat.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;
using ::wasijit::test::LoweredWat;

Value I(int32_t value) { return Value::I32(value); }

// What a function throws itself is a branch; a call in a try has a landing pad,
// one for all the calls of the try; outside, calls are plain.
TEST(Handlers, OnlyCallsInATryHaveLandingPads) {
  const LoweredWat lowered(R"((module
    (tag $t)
    (func $f (throw $t))
    (func (block $b (try_table (catch $t $b) (throw $t))))
    (func (block $b (try_table (catch $t $b) (call $f) (call $f))))
    (func (call $f) (block $b (try_table (catch $t $b))) (call $f))))");
  EXPECT_EQ(lowered.Count<llvm::InvokeInst>(1), 0u);
  EXPECT_EQ(lowered.Count<llvm::LandingPadInst>(1), 0u);
  EXPECT_EQ(lowered.Count<llvm::InvokeInst>(2), 2u);
  EXPECT_EQ(lowered.Count<llvm::LandingPadInst>(2), 1u);
  EXPECT_EQ(lowered.Count<llvm::InvokeInst>(3), 0u);
  EXPECT_EQ(lowered.Count<llvm::LandingPadInst>(3), 0u);
}

// $how: 0 throws $a, 1 throws $b, 2 throws $c; here, or in a call if $far.
constexpr absl::string_view kThrower = R"(
    (tag $a (param i32)) (tag $b (param i32)) (tag $c)
    (func $throw (param $how i32)
      (block $2 (block $1 (block $0 (br_table $0 $1 $2 (local.get $how)))
        (throw $a (i32.const 10))) (throw $b (i32.const 20))) (throw $c))
)";

std::string ModuleOf(absl::string_view functions) {
  return absl::StrCat("(module ", kThrower, functions, ")");
}

TEST(Handlers, ClausesAreTriedInTheirOrder) {
  ExpectCalls(ModuleOf(R"(
    (func (export "f") (param $how i32) (result i32)
      (block $all
        (block $second (result i32)
          (block $first (result i32)
            (try_table (catch $a $first) (catch $b $second) (catch $a $second)
                       (catch_all $all)
              (call $throw (local.get $how)))
            (unreachable))
          (return (i32.add (i32.const 1))))
        (return (i32.add (i32.const 2))))
      (i32.const 3)))"),
              {{"f", {I(0)}, "i32.const 11"},
               {"f", {I(1)}, "i32.const 22"},
               {"f", {I(2)}, "i32.const 3"}});
}

TEST(Handlers, WhatNoClauseCatchesGoesToTheTryAround) {
  ExpectCalls(ModuleOf(R"(
    (func (export "f") (param $how i32) (param $far i32) (result i32)
      (block $outer (result i32)
        (try_table (catch $b $outer)
          (block $inner (result i32)
            (try_table (catch $a $inner)
              (if (local.get $far) (then (call $throw (local.get $how))))
              (if (local.get $how) (then (throw $b (i32.const 21))))
              (throw $a (i32.const 11)))
            (unreachable))
          (return))
        (unreachable))
      (i32.add (i32.const 100))))"),
              {{"f", {I(0), I(0)}, "i32.const 11"},
               {"f", {I(1), I(0)}, "i32.const 121"},
               {"f", {I(0), I(1)}, "i32.const 10"},
               {"f", {I(1), I(1)}, "i32.const 120"},
               {"f", {I(2), I(1)}, "uncaught exception: tag 2"}});
}

TEST(Handlers, LegacyCatchesRethrowAndDelegate) {
  ExpectCalls(
      ModuleOf(R"(
    (func (export "catch") (param $how i32) (result i32)
      (try (result i32)
        (do (call $throw (local.get $how)) (i32.const 0))
        (catch $a (i32.add (i32.const 1)))
        (catch $b (i32.add (i32.const 2)))
        (catch_all (i32.const 3))))
    (func (export "rethrow") (param $how i32) (result i32)
      (try (result i32)
        (do
          (try (result i32)
            (do (call $throw (local.get $how)) (i32.const 0))
            (catch_all (rethrow 0))))
        (catch $a (i32.add (i32.const 5)))))
    (func (export "delegate") (param $how i32) (result i32)
      (try $far (result i32)
        (do
          (try (result i32)
            (do (try (result i32)
                  (do (call $throw (local.get $how)) (i32.const 0))
                  (delegate $far)))
            (catch_all (i32.const -1))))
        (catch $a (i32.add (i32.const 7))))))"),
      {{"catch", {I(0)}, "i32.const 11"},
       {"catch", {I(1)}, "i32.const 22"},
       {"catch", {I(2)}, "i32.const 3"},
       {"rethrow", {I(0)}, "i32.const 15"},
       {"rethrow", {I(1)}, "uncaught exception: tag 1 (i32.const 20)"},
       {"delegate", {I(0)}, "i32.const 17"},
       {"delegate", {I(1)}, "uncaught exception: tag 1 (i32.const 20)"}});
}

// A try in which nothing is thrown, one whose end is not reached, and one that
// is not reached itself.
TEST(Handlers, TriesWithoutExceptionsAreBlocks) {
  ExpectCalls(ModuleOf(R"(
    (func (export "nothing") (result i32)
      (block $b (result i32)
        (try_table (result i32) (catch $a $b) (i32.const 1))))
    (func (export "leaves") (result i32)
      (block $b (result i32)
        (try_table (catch $a $b) (return (i32.const 2)))
        (unreachable)))
    (func (export "dead") (result i32)
      (return (i32.const 3))
      (try (result i32) (do (call $throw (i32.const 0)) (i32.const 0))
        (catch $a) (catch_all (i32.const 1)))))"),
              {{"nothing", {}, "i32.const 1"},
               {"leaves", {}, "i32.const 2"},
               {"dead", {}, "i32.const 3"}});
}

}  // namespace
}  // namespace wasijit::compiler
