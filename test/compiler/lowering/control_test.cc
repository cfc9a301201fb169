#include "compiler/lowering/control.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;

TEST(Control, BranchesCarryValues) {
  ExpectCalls(R"((module
    (func (export "br_if") (param i32) (result i32 i64)
      (block (result i32 i64)
        (i32.const 1) (i64.const 2)
        (br_if 0 (local.get 0))
        (drop) (drop) (i32.const 3) (i64.const 4)))
    (func (export "nested") (param i32) (result i32)
      (block $a (result i32)
        (block $b (result i32)
          (block $c (result i32)
            (br_table $c $b $a $b (i32.const 10) (local.get 0)))
          (i32.add (i32.const 100)))
        (i32.add (i32.const 1000))))))",
              {{"br_if", {Value::I32(1)}, "i32.const 1 i64.const 2"},
               {"br_if", {Value::I32(0)}, "i32.const 3 i64.const 4"},
               {"nested", {Value::I32(0)}, "i32.const 1110"},
               {"nested", {Value::I32(1)}, "i32.const 1010"},
               {"nested", {Value::I32(2)}, "i32.const 10"},
               {"nested", {Value::I32(3)}, "i32.const 1010"},
               {"nested", {Value::I32(-1)}, "i32.const 1010"}});
}

// Many more cases than labels: the case is looked up before the jump.
TEST(Control, LongBranchTablesFindTheirLabels) {
  std::string labels;
  for (int i = 0; i < 1'000; ++i) {
    absl::StrAppend(&labels, i % 7 == 3 ? "$a " : i % 2 == 0 ? "$b " : "$d ");
  }
  ExpectCalls(absl::StrCat(R"((module
    (func (export "f") (param i32) (result i32)
      (block $d (result i32)
        (block $a (result i32)
          (block $b (result i32)
            (i32.const 10) (local.get 0) (br_table )",
                           labels, R"($d))
          (i32.add (i32.const 100)))
        (i32.add (i32.const 1000))))))"),
              {{"f", {Value::I32(0)}, "i32.const 1110"},
               {"f", {Value::I32(1)}, "i32.const 10"},
               {"f", {Value::I32(3)}, "i32.const 1010"},
               {"f", {Value::I32(10)}, "i32.const 1010"},
               {"f", {Value::I32(998)}, "i32.const 1110"},
               {"f", {Value::I32(999)}, "i32.const 10"},
               {"f", {Value::I32(1'000)}, "i32.const 10"},
               {"f", {Value::I32(-1)}, "i32.const 10"}});
}

TEST(Control, LoopsTakeParametersAgain) {
  ExpectCalls(R"((module
    (func (export "factorial") (param i64) (result i64)
      (i64.const 1) (local.get 0)
      (loop $loop (param i64 i64) (result i64)
        (local.set 0)
        (i64.mul (local.get 0))
        (i64.sub (local.get 0) (i64.const 1))
        (br_if $loop (i64.gt_u (i64.sub (local.get 0) (i64.const 1))
                               (i64.const 0)))
        (drop)))
    (func (export "choose") (param i32) (result i32)
      (i32.const 5)
      (if (param i32) (result i32) (local.get 0)
        (then (i32.const 1) (i32.add))
        (else (i32.const 2) (i32.mul))))
    (func (export "one_armed") (param i32) (result i32)
      (if (local.get 0) (then (local.set 0 (i32.const 9))))
      (local.get 0))))",
              {{"factorial", {Value::I64(10)}, "i64.const 3628800"},
               {"choose", {Value::I32(1)}, "i32.const 6"},
               {"choose", {Value::I32(0)}, "i32.const 10"},
               {"one_armed", {Value::I32(3)}, "i32.const 9"},
               {"one_armed", {Value::I32(0)}, "i32.const 0"}});
}

TEST(Control, WhatIsUnreachableIsSkipped) {
  ExpectCalls(R"((module
    (func (export "return") (result i32)
      (return (i32.const 1))
      (block (loop (br 0)) (if (i32.const 1) (then) (else)))
      (i32.add))
    (func (export "branch") (result i32)
      (block (result i32) (br 0 (i32.const 2)) (drop) (i64.const 3) (drop)))
    (func (export "trap") (result i32) (unreachable) (i32.const 3))))",
              {{"return", {}, "i32.const 1"},
               {"branch", {}, "i32.const 2"},
               {"trap", {}, "trap: unreachable"}});
}

}  // namespace
}  // namespace wasijit::compiler
