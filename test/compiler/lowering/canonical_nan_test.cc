#include "compiler/lowering/canonical_nan.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/compile_options.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::test {
namespace {

// A NaN with a payload and, as the second, a sign of its own.
constexpr char kNan32[] = "(f32.reinterpret_i32 (local.get $nan32))";
constexpr char kNan64[] = "(f64.reinterpret_i64 (local.get $nan64))";
constexpr char kNans[] = "(i32x4.splat (local.get $nan32))";

// What the expression of the type gives, whose operands LLVM does not know.
std::string Evaluate(absl::string_view type, absl::string_view expression,
                     bool deterministic, const std::string& cpu = "native") {
  absl::StatusOr<Module> module = ModuleFromWat(absl::StrCat(
      "(module (func (export \"f\") (param $nan32 i32) (param $nan64 i64) "
      "(result ",
      type, ") ", expression, "))"));
  EXPECT_OK(module) << expression;
  if (!module.ok()) return "";
  compiler::CompileOptions options;
  options.deterministic = deterministic;
  options.cpu = cpu;
  return RunningWat(std::make_shared<const Module>(*std::move(module)), options)
      .Call("f", {Value::I32(static_cast<int32_t>(0xffc12345)),
                  Value::I64(static_cast<int64_t>(0xfff8123456789abc))});
}

TEST(WithCanonicalNansTest, ArithmeticMakesOneNan) {
  for (const char* operation :
       {"f32.sqrt ", "f32.ceil ", "f32.floor ", "f32.trunc ", "f32.nearest ",
        "f32.add (f32.const 1) ", "f32.sub (f32.const 1) ",
        "f32.mul (f32.const 1) ", "f32.div (f32.const 1) ",
        "f32.min (f32.const 1) ", "f32.max (f32.const 1) "}) {
    EXPECT_EQ(Evaluate("i32",
                       absl::StrCat("(i32.reinterpret_f32 (", operation, kNan32,
                                    "))"),
                       /*deterministic=*/true),
              "i32.const 2143289344")
        << operation;
  }
  EXPECT_EQ(Evaluate("i32",
                     "(i32.reinterpret_f32 (f32.sqrt (f32.convert_i32_s "
                     "(local.get $nan32))))",
                     /*deterministic=*/true),
            "i32.const 2143289344");
  EXPECT_EQ(Evaluate("i64",
                     absl::StrCat("(i64.reinterpret_f64 (f64.add ", kNan64,
                                  "(f64.const -0)))"),
                     /*deterministic=*/true),
            "i64.const 9221120237041090560");
  EXPECT_EQ(Evaluate("i64",
                     absl::StrCat("(i64.reinterpret_f64 (f64.promote_f32 ",
                                  kNan32, "))"),
                     /*deterministic=*/true),
            "i64.const 9221120237041090560");
  EXPECT_EQ(Evaluate("i32",
                     absl::StrCat("(i32.reinterpret_f32 (f32.demote_f64 ",
                                  kNan64, "))"),
                     /*deterministic=*/true),
            "i32.const 2143289344");
}

TEST(WithCanonicalNansTest, VectorsMakeOneNanInEachLane) {
  for (const char* operation :
       {"f32x4.sqrt ", "f32x4.mul (f32x4.splat (f32.const 1)) ",
        "f32x4.min (f32x4.splat (f32.const 1)) ",
        "f32x4.relaxed_max (f32x4.splat (f32.const 1)) ",
        "f32x4.relaxed_madd (f32x4.splat (f32.const 1)) (f32x4.splat "
        "(f32.const 1)) "}) {
    EXPECT_EQ(Evaluate("i32",
                       absl::StrCat("(i32x4.extract_lane 3 (", operation, kNans,
                                    "))"),
                       /*deterministic=*/true),
              "i32.const 2143289344")
        << operation;
  }
}

TEST(WithCanonicalNansTest, BitsPassThroughOtherOperations) {
  for (const char* operation :
       {"f32.copysign (f32.const 1) ", "f32.abs ", "f32.neg "}) {
    const std::string expression =
        absl::StrCat("(i32.reinterpret_f32 (", operation, kNan32, "))");
    EXPECT_EQ(Evaluate("i32", expression, /*deterministic=*/true),
              Evaluate("i32", expression, /*deterministic=*/false))
        << operation;
  }
  EXPECT_EQ(Evaluate("i32",
                     absl::StrCat("(i32x4.extract_lane 0 (f32x4.pmin ", kNans,
                                  kNans, "))"),
                     /*deterministic=*/true),
            absl::StrCat("i32.const ", static_cast<int32_t>(0xffc12345)));
}

// Relaxed instructions do what the strict ones do, whatever the CPU has.
TEST(WithCanonicalNansTest, RelaxedInstructionsDoTheSameOnAllCpus) {
  const struct {
    const char* expression;
    const char* expected;
  } kCases[] = {
      // With one rounding this is not 0.
      {"(i32x4.extract_lane 0 (f32x4.relaxed_madd (f32x4.splat (f32.const "
       "0x1.000002p+0)) (f32x4.splat (f32.const 0x1.000002p+0)) (f32x4.splat "
       "(f32.const -0x1.000004p+0))))",
       "i32.const 0"},
      {"(i8x16.extract_lane_u 0 (i8x16.relaxed_swizzle (i8x16.splat (i32.const "
       "5)) (i8x16.splat (i32.const 16))))",
       "i32.const 0"},
      {"(i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (f32x4.splat "
       "(f32.const 1e30))))",
       "i32.const 2147483647"},
      {"(i8x16.extract_lane_u 0 (i8x16.relaxed_laneselect (i8x16.splat "
       "(i32.const 0xff)) (i8x16.splat (i32.const 0)) (i8x16.splat (i32.const "
       "0x11))))",
       "i32.const 17"},
      {"(i16x8.extract_lane_s 0 (i16x8.relaxed_q15mulr_s (i16x8.splat "
       "(i32.const -32768)) (i16x8.splat (i32.const -32768))))",
       "i32.const 32767"},
      // All bytes are signed, and the sum of two products wraps to -32768.
      {"(i32x4.extract_lane 0 (i32x4.relaxed_dot_i8x16_i7x16_add_s "
       "(i8x16.splat (i32.const -128)) (i8x16.splat (i32.const -128)) "
       "(i32x4.splat (i32.const 1))))",
       "i32.const -65535"},
  };
  for (const auto& test : kCases) {
    for (const char* cpu : {"baseline", "native"}) {
      EXPECT_EQ(Evaluate("i32", test.expression, /*deterministic=*/true, cpu),
                test.expected)
          << cpu << ": " << test.expression;
    }
  }
}

}  // namespace
}  // namespace wasijit::test
