#include "compiler/lowering/constant.h"

#include "gtest/gtest.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;

// Every bit arrives, those of NaNs and negative zeros too.
TEST(Constant, KeepsItsBits) {
  ExpectCalls(R"((module
    (func (export "i32") (result i32) (i32.const 0x80000001))
    (func (export "i64") (result i64) (i64.const 0x8000000000000001))
    (func (export "f32") (result i32 i32)
      (i32.reinterpret_f32 (f32.const -nan:0x200001))
      (i32.reinterpret_f32 (f32.const -0)))
    (func (export "f64") (result i64 i64)
      (i64.reinterpret_f64 (f64.const nan:0x4000000000001))
      (i64.reinterpret_f64 (f64.const -0)))
    (func (export "v128") (result i64 i64)
      (i64x2.extract_lane 0 (v128.const i32x4 1 2 3 0xfffffff4))
      (i64x2.extract_lane 1 (v128.const i32x4 1 2 3 0xfffffff4)))))",
              {{"i32", {}, "i32.const -2147483647"},
               {"i64", {}, "i64.const -9223372036854775807"},
               {"f32", {}, "i32.const -6291455 i32.const -2147483648"},
               {"f64",
                {},
                "i64.const 9219994337134247937 i64.const "
                "-9223372036854775808"},
               {"v128", {}, "i64.const 8589934593 i64.const -51539607549"}});
}

}  // namespace
}  // namespace wasijit::compiler
