// Code that takes the place of running code at the head of a loop: programs
// give the same whenever it does.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/jit/compile_options.h"
#include "gtest/gtest.h"
#include "runtime/backtrace.h"
#include "runtime/call.h"
#include "runtime/instance.h"
#include "runtime/lazy_code.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "test/support/lazy_wat.h"
#include "test/support/running_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::LazyWat;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::RunningWat;

// The export "f" takes an i32 and gives any results, or traps.
struct LoopShape {
  const char* name;
  const char* wat;
  std::vector<int32_t> arguments;
};

const LoopShape kShapes[] = {
    {"locals of every type",
     R"((module
      (memory 1)
      (func (export "f") (param $n i32) (result i32 i64 f32 f64 i32)
        (local $i64 i64) (local $f32 f32) (local $f64 f64) (local $v v128)
        (local $unread i32)
        (loop $again
          (local.set $i64 (i64.add (local.get $i64) (i64.const 3)))
          (local.set $f32 (f32.add (local.get $f32) (f32.const 0.5)))
          (local.set $f64 (f64.sub (local.get $f64) (f64.const 1.25)))
          (local.set $v (i32x4.add (local.get $v)
                                   (v128.const i32x4 1 2 3 4)))
          (local.set $unread (local.get $n))
          (br_if $again
            (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $n) (local.get $i64) (local.get $f32) (local.get $f64)
        (i32x4.extract_lane 3 (local.get $v)))))",
     {1, 2, 3, 25}},
    {"parameters of the loop, many results",
     R"((module
      (func (export "f") (param $n i32) (result i64 i64 i64 i64 i64 i64 f64)
        (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)
        (i64.const 5) (i64.const 6) (f64.const 0.5) (local.get $n)
        (loop $again (param f64 i32) (result f64)
          (local.set $n)
          (f64.add (f64.const 1))
          (i32.sub (local.get $n) (i32.const 1))
          (br_if $again (i32.gt_s (local.get $n) (i32.const 1)))
          (drop)))))",
     {1, 2, 30}},
    {"values below the loops",
     R"((module
      (func (export "f") (param $n i32) (result i32)
        (local $i i32) (local $j i32) (local $sum i32)
        (i32.mul (local.get $n) (i32.const 1000))
        (local.set $i (local.get $n))
        (loop $outer
          (i32.const 7) (local.get $i)
          (local.set $j (local.get $n))
          (loop $inner
            (local.set $sum
              (i32.add (local.get $sum)
                       (i32.mul (local.get $i) (local.get $j))))
            (br_if $inner
              (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
          (local.set $sum (i32.add (local.get $sum) (i32.mul)))
          (br_if $outer
            (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.add (local.get $sum)))))",
     {1, 2, 5}},
    {"three nested loops, left from the innermost",
     R"((module
      (memory 1)
      (func (export "f") (param $n i32) (result i32 i32)
        (local $i i32) (local $j i32) (local $k i32) (local $sum i32)
        (loop $a
          (local.set $j (i32.const 0))
          (loop $b
            (local.set $k (i32.const 0))
            (loop $c
              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3))
                  (i32.xor (local.get $i)
                           (i32.add (local.get $j) (local.get $k)))))
              (i32.store (i32.shl (local.get $k) (i32.const 2))
                         (local.get $sum))
              (local.set $k (i32.add (local.get $k) (i32.const 1)))
              (br_if $b (i32.and (i32.eq (local.get $k) (i32.const 2))
                (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
                          (i32.const 3))))
              (br_if $c (i32.lt_u (local.get $k) (local.get $n))))
            (local.set $j (i32.add (local.get $j) (i32.const 1)))
            (br_if $b (i32.lt_u (local.get $j) (local.get $n))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $a (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $sum) (i32.load (i32.const 4)))))",
     {1, 3, 4}},
    {"back edges of a br_table",
     R"((module
      (func (export "f") (param $n i32) (result i32)
        (local $sum i32)
        (block $out
          (loop $a
            (local.set $sum (i32.add (local.get $sum) (i32.const 100)))
            (loop $b
              (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br_if $out (i32.lt_s (local.get $n) (i32.const 0)))
              (br_table $a $b $a $b (i32.and (local.get $n) (i32.const 3))))))
        (local.get $sum))))",
     {0, 1, 17}},
    {"loops in both branches",
     R"((module
      (func $walk (export "f") (param $n i32) (result i32)
        (local $i i32) (local $sum i32)
        (loop $rounds
          (i32.const 3)
          (if (param i32) (result i32)
              (i32.and (local.get $i) (i32.const 1))
            (then (loop $odd (param i32) (result i32)
                    (i32.sub (i32.const 1))
                    (local.tee $sum (i32.add (local.get $sum)))
                    (br_if $odd (i32.eqz (i32.and (local.get $sum)
                                                  (i32.const 3))))))
            (else (i32.const 2) (i32.mul)))
          (local.set $sum (i32.add (local.get $sum)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (if (i32.eq (local.get $i) (i32.const 4)) (then
            (loop $once (local.set $sum (i32.mul (local.get $sum)
                                                 (i32.const 5))))))
          (br_if $rounds (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $sum))))",
     {1, 2, 6}},
    {"exceptions caught around the loop and in it",
     R"((module
      (tag $t (param i32))
      (func $throw (param i32) (if (i32.eqz (i32.rem_u (local.get 0)
          (i32.const 3))) (then (throw $t (local.get 0)))))
      (func (export "f") (param $n i32) (result i32)
        (local $sum i32)
        (block $caught (result i32)
          (try_table (result i32) (catch $t $caught)
            (loop $again
              (block $inner (result i32)
                (try_table (result i32) (catch $t $inner)
                  (call $throw (local.get $n))
                  (i32.const 1000)))
              (local.set $sum (i32.add (local.get $sum)))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))
            (call $throw (i32.const 9))
            (i32.const 5)))
        (i32.add (local.get $sum)))))",
     {1, 3, 10}},
    {"a loop in a legacy clause",
     R"((module
      (tag $t (param i32))
      (func (export "f") (param $n i32) (result i32)
        (local $sum i32)
        (try (result i32)
          (do
            (try (result i32)
              (do (throw $t (i32.const 11)))
              (catch $t
                (loop $again
                  (local.set $sum (i32.add (local.get $sum) (i32.const 2)))
                  (br_if $again (local.tee $n (i32.sub (local.get $n)
                                                       (i32.const 1)))))
                (rethrow 0))))
          (catch $t (i32.add (local.get $sum)))))))",
     {1, 7}},
    {"an exception out of the function",
     R"((module
      (tag $t (param i32))
      (func $f (param $n i32) (result i32)
        (loop $again
          (if (i32.eq (local.get $n) (i32.const 2))
            (then (throw $t (local.get $n))))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i32.const 1))
      (func (export "f") (param $n i32) (result i32)
        (block $caught (result i32)
          (try_table (result i32) (catch $t $caught)
            (i32.add (call $f (local.get $n)) (i32.const 100)))))))",
     {1, 2, 9}},
    {"references, and garbage",
     R"((module
      (type $list (struct (field i32) (field (ref null $list))))
      (type $unary (func (param i32) (result i32)))
      (table funcref (elem $f))
      (func $f (export "f") (param $n i32) (result i32)
        (local $all (ref null $list)) (local $sum i32)
        (local $self (ref null $unary)) (local $any anyref)
        (local.set $self (ref.func $f))
        (struct.new $list (i32.const 5) (ref.null $list))
        (loop $again
          (local.set $any (ref.i31 (local.get $n)))
          (local.set $all
            (struct.new $list (local.get $n) (local.get $all)))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.set $sum (struct.get $list 0))
        (loop $walk
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3))
                                   (struct.get $list 0 (local.get $all))))
          (br_if $walk (i32.eqz (ref.is_null (local.tee $all
              (struct.get $list 1 (local.get $all)))))))
        (i32.add (local.get $sum)
          (i32.add (i31.get_s (ref.cast (ref i31) (local.get $any)))
                   (ref.is_null (local.get $self)))))))",
     {1, 4, 20}},
    {"tail calls",
     R"((module
      (func $other (param i32 i32) (result i32)
        (loop $again
          (local.set 1 (i32.add (local.get 1) (local.get 0)))
          (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1))
      (func (export "f") (param $n i32) (result i32)
        (local $m i32)
        (local.set $m (local.get $n))
        (loop $again
          (local.set $m (i32.add (local.get $m) (i32.const 3)))
          (if (i32.gt_u (local.get $m) (i32.const 20))
            (then (return_call $other (local.get $n) (local.get $m))))
          (br $again))
        (unreachable))))",
     {1, 15}},
    {"recursion",
     R"((module
      (func $f (export "f") (param $n i32) (result i32)
        (local $sum i32)
        (local.set $sum (local.get $n))
        (loop $again
          (if (local.get $n) (then
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (local.set $sum (i32.add (local.get $sum)
                                     (call $f (local.get $n))))
            (br $again))))
        (local.get $sum))))",
     {0, 1, 7}},
    {"memories that grow, 64 bits, several",
     R"((module
      (memory $a i64 1) (memory $b 1 40)
      (func (export "f") (param $n i32) (result i32 i64 i64)
        (local $at i64)
        (loop $again
          (drop (memory.grow $b (i32.const 1)))
          (i32.store $b (i32.sub (i32.shl (memory.size $b) (i32.const 16))
                                 (i32.const 4)) (local.get $n))
          (i64.store (local.get $at)
                     (i64.extend_i32_u (memory.size $b)))
          (local.set $at (i64.add (local.get $at) (i64.const 8)))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i32.load $b (i32.const 131068))
        (i64.load (i64.const 0)) (i64.load (i64.const 16)))))",
     {1, 3, 30}},
    {"traps",
     R"((module
      (memory 1)
      (func $load (param i32) (result i32)
        (if (i32.gt_u (local.get 0) (i32.const 65532)) (then (unreachable)))
        (i32.load (local.get 0)))
      (func $f (param $n i32) (result i32)
        (local $sum i32) (local $at i32)
        (loop $outer
          (loop $again
            (local.set $sum (i32.add (local.get $sum)
                                     (call $load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 8000)))
            (br_if $again (i32.rem_u (local.get $at) (i32.const 3))))
          (br_if $outer (i32.gt_s (local.tee $n
              (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))
        (local.get $sum))
      (func (export "f") (param i32) (result i32)
        (i32.add (call $f (local.get 0)) (i32.const 1)))))",
     {1, 2, 100}},
    {"a trap in the loop itself",
     R"((module
      (func (export "f") (param $n i32) (result i32)
        (local $sum i32)
        (loop $again
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (local.set $sum (i32.add (local.get $sum)
              (i32.div_u (i32.const 1000) (local.get $n))))
          (br_if $again (i32.ne (local.get $n) (i32.const -1))))
        (local.get $sum))))",
     {0, 2, 30}},
    {"loops without a way back or out",
     R"((module
      (func (export "f") (param $n i32) (result i32)
        (loop $never (result i32)
          (loop $again
            (if (i32.eqz (local.get $n)) (then (return (i32.const 3))))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $again))
          (unreachable)))))",
     {0, 5}},
};

std::string ResultOf(Instance& instance, int32_t argument) {
  const auto outcome =
      wasijit::Call(*instance.FindFunction("f"), {Value::I32(argument)});
  if (!outcome.ok()) return outcome.status().ToString();
  if (outcome->has_value()) {
    return absl::StrJoin(**outcome, " ",
                         [](std::string* text, const Value& value) {
                           absl::StrAppend(text, ToString(value));
                         });
  }
  const auto* trap = std::get_if<Trap>(&outcome->error());
  return trap == nullptr
             ? ToString(outcome->error())
             : absl::StrCat(ToString(*trap), "\n", ToString(trap->backtrace));
}

TEST(LoopEntry, ProgramsGiveTheSameWheneverLoopsAreReplaced) {
  constexpr int32_t kMostPatience = 45;
  CompileOptions options;
  options.nests_at_once = false;
  for (const LoopShape& shape : kShapes) {
    absl::StatusOr<Module> parsed = ModuleFromWat(shape.wat);
    ASSERT_OK(parsed) << shape.name;
    const auto module = std::make_shared<const Module>(*std::move(parsed));
    RunningWat eager(module, {});
    std::vector<std::string> expected;
    for (const int32_t argument : shape.arguments) {
      expected.push_back(ResultOf(eager.instance(), argument));
    }
    uint64_t replaced = 0;
    for (int32_t patience = 0; patience < kMostPatience; ++patience) {
      LazyWat lazy(
          module, options,
          {.gc_zeal = true, .tier = {.patience = patience, .waits = true}});
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(ResultOf(lazy.instance(), shape.arguments[i]), expected[i])
            << shape.name << ", " << shape.arguments[i] << ", patience "
            << patience;
      }
      replaced += lazy.code().replaced_loops();
    }
    EXPECT_GT(replaced, 0u) << shape.name;
  }
}

}  // namespace
}  // namespace wasijit::compiler
