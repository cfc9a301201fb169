#include "compiler/lowering/call.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;

// More arguments and results than registers, of all kinds: in the right order.
TEST(Call, PassesEveryValueInItsPlace) {
  ExpectCalls(R"((module
    (func $many (param i32 i64 f32 f64 i32 i64 i32 i32 i64 f32 f64 i32)
        (result i64)
      (i64.add (i64.extend_i32_s (i32.sub (local.get 0) (local.get 11)))
        (i64.add (i64.mul (local.get 1) (local.get 8))
          (i64.add (i64.trunc_f32_s (f32.sub (local.get 2) (local.get 9)))
                   (i64.trunc_f64_s (f64.mul (local.get 3)
                                             (local.get 10)))))))
    (func (export "arguments") (result i64)
      (call $many (i32.const -5) (i64.const 7) (f32.const 100) (f64.const 3)
        (i32.const 1) (i64.const 1) (i32.const 1) (i32.const 1)
        (i64.const 1000) (f32.const 1) (f64.const 2) (i32.const 20)))
    (func $results (param i32)
        (result i32 i64 f32 f64 i32 i64 f32 f64 i32 i32 i64)
      (local.get 0) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5)
      (i64.const 6) (f32.const 7) (f64.const 8) (i32.const 9) (i32.const 10)
      (i64.const 11))
    (func (export "results")
        (result i32 i64 f32 f64 i32 i64 f32 f64 i32 i32 i64)
      (call $results (i32.const -1)))))",
              {{"arguments", {}, ToString(Value::I64(7080))},
               {"results",
                {},
                "i32.const -1 i64.const 2 f32.const 3 f64.const 4 i32.const 5 "
                "i64.const 6 f32.const 7 f64.const 8 i32.const 9 i32.const 10 "
                "i64.const 11"}});
}

TEST(Call, IndirectCallsCheckIndexNullAndType) {
  const auto call = [](int32_t index, const std::string& expected) {
    return test::WatCall{"call", {Value::I32(index)}, expected};
  };
  ExpectCalls(
      R"((module
    (type $f (func (param i32) (result i32)))
    (table 4 funcref)
    (elem (i32.const 0) func $double $square $other)
    (func $double (type $f) (i32.mul (local.get 0) (i32.const 2)))
    (func $square (type $f) (i32.mul (local.get 0) (local.get 0)))
    (func $other (param i64))
    (func (export "call") (param i32) (result i32)
      (call_indirect (type $f) (i32.const 9) (local.get 0)))))",
      {call(0, ToString(Value::I32(18))), call(1, ToString(Value::I32(81))),
       call(2, "trap: indirect call type mismatch"),
       call(3, "trap: uninitialized element"),
       call(4, "trap: undefined element"),
       call(-1, "trap: undefined element")});
}

TEST(Call, TailCallsNeedNoStack) {
  ExpectCalls(R"((module
    (func $even (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
        (else (i32.const 1))))
    (func $odd (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (return_call $even (i32.sub (local.get 0) (i32.const 1))))
        (else (i32.const 0))))
    (export "even" (func $even))))",
              {{"even", {Value::I32(1000000)}, ToString(Value::I32(1))},
               {"even", {Value::I32(1000001)}, ToString(Value::I32(0))}});
}

TEST(Call, EndlessRecursionTraps) {
  ExpectCalls("(module (func $f (export \"f\") (call $f)))",
              {{"f", {}, "trap: call stack exhausted"}});
}

}  // namespace
}  // namespace wasijit::compiler
