#include "compiler/lowering/variable.h"

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

// A global of every type keeps what it is given.
TEST(Variable, GlobalsKeepTheirValue) {
  ExpectCalls(R"((module
    (global $i32 (mut i32) (i32.const -1))
    (global $i64 (mut i64) (i64.const 0x123456789abcdef0))
    (global $f32 (mut f32) (f32.const nan:0x200001))
    (global $f64 (mut f64) (f64.const -0.0))
    (global $v128 (mut v128) (v128.const i64x2 1 2))
    (global $func (mut funcref) (ref.null func))
    (global $fixed i32 (i32.const 42))
    (elem declare func $get)
    (func $get (export "get") (result i32 i64 f32 f64 i32)
      (global.get $i32) (global.get $i64) (global.get $f32)
      (global.get $f64) (global.get $fixed))
    (func (export "set")
      (global.set $i32 (i32.const 7)) (global.set $i64 (i64.const 8))
      (global.set $f32 (f32.const 1.5)) (global.set $f64 (f64.const 2.5))
      (global.set $v128 (v128.const i64x2 3 4))
      (global.set $func (ref.func $get)))
    (func (export "lane") (result i64)
      (i64x2.extract_lane 1 (global.get $v128)))
    (func (export "is_null") (result i32) (ref.is_null (global.get $func)))))",
              {{"get",
                {},
                "i32.const -1 i64.const 1311768467463790320 f32.const "
                "nan:0x200001 f64.const -0 i32.const 42"},
               {"lane", {}, "i64.const 2"},
               {"is_null", {}, "i32.const 1"},
               {"set", {}, ""},
               {"get",
                {},
                "i32.const 7 i64.const 8 f32.const 1.5 f64.const 2.5 i32.const "
                "42"},
               {"lane", {}, "i64.const 4"},
               {"is_null", {}, "i32.const 0"}});
}

}  // namespace
}  // namespace wasijit::compiler
