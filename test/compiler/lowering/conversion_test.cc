#include "compiler/lowering/conversion.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::ExpectCalls;
using ::wasijit::test::KindOf;
using ::wasijit::test::Number;
using ::wasijit::test::OracleCase;
using ::wasijit::test::ScalarVector;
using ::wasijit::test::WatCall;
using ::wasijit::test::Whole;

template <Number To, Number From, typename F>
OracleCase Conversion(Opcode opcode, F f) {
  return Whole(
      opcode,
      [f](test::Operands x) {
        const To result = f(x[0].Lanes<From>()[0]);
        V128 vector = ScalarVector(0);
        std::memcpy(vector.bytes.data(), &result, sizeof(To));
        return vector;
      },
      KindOf<To>());
}
template <Number To, Number From>
OracleCase Cast(Opcode opcode) {
  return Conversion<To, From>(opcode,
                              [](From x) { return static_cast<To>(x); });
}

// 0 for NaN, the nearest limit beyond the range.
template <Number To, Number From>
OracleCase Saturating(Opcode opcode) {
  return Conversion<To, From>(opcode, [](From x) {
    constexpr int kBits = std::numeric_limits<To>::digits;
    const From beyond = std::ldexp(From{1}, kBits);
    const From least = std::is_signed_v<To> ? -beyond : From{0};
    if (x != x) return To{0};
    if (x >= beyond) return std::numeric_limits<To>::max();
    if (x <= least) return std::numeric_limits<To>::min();
    return static_cast<To>(x);
  });
}

template <Number To, Number From>
OracleCase SignExtension(Opcode opcode) {
  return Conversion<To, To>(opcode,
                            [](To x) { return To{static_cast<From>(x)}; });
}

TEST(Conversion, ChangesTheWidthOfIntegers) {
  ExpectAll({
      Cast<uint32_t, uint64_t>(Opcode::kI32WrapI64),
      Cast<int64_t, int32_t>(Opcode::kI64ExtendI32S),
      Cast<uint64_t, uint32_t>(Opcode::kI64ExtendI32U),
      SignExtension<int32_t, int8_t>(Opcode::kI32Extend8S),
      SignExtension<int32_t, int16_t>(Opcode::kI32Extend16S),
      SignExtension<int64_t, int8_t>(Opcode::kI64Extend8S),
      SignExtension<int64_t, int16_t>(Opcode::kI64Extend16S),
      SignExtension<int64_t, int32_t>(Opcode::kI64Extend32S),
  });
}

TEST(Conversion, MakesFloats) {
  ExpectAll({
      Cast<float, int32_t>(Opcode::kF32ConvertI32S),
      Cast<float, uint32_t>(Opcode::kF32ConvertI32U),
      Cast<float, int64_t>(Opcode::kF32ConvertI64S),
      Cast<float, uint64_t>(Opcode::kF32ConvertI64U),
      Cast<double, int32_t>(Opcode::kF64ConvertI32S),
      Cast<double, uint32_t>(Opcode::kF64ConvertI32U),
      Cast<double, int64_t>(Opcode::kF64ConvertI64S),
      Cast<double, uint64_t>(Opcode::kF64ConvertI64U),
      Cast<float, double>(Opcode::kF32DemoteF64),
      Cast<double, float>(Opcode::kF64PromoteF32),
  });
}

TEST(Conversion, KeepsTheBits) {
  ExpectAll({
      Cast<uint32_t, uint32_t>(Opcode::kI32ReinterpretF32),
      Cast<uint64_t, uint64_t>(Opcode::kI64ReinterpretF64),
      Cast<uint32_t, uint32_t>(Opcode::kF32ReinterpretI32),
      Cast<uint64_t, uint64_t>(Opcode::kF64ReinterpretI64),
  });
}

TEST(Conversion, Saturates) {
  ExpectAll({
      Saturating<int32_t, float>(Opcode::kI32TruncSatF32S),
      Saturating<uint32_t, float>(Opcode::kI32TruncSatF32U),
      Saturating<int32_t, double>(Opcode::kI32TruncSatF64S),
      Saturating<uint32_t, double>(Opcode::kI32TruncSatF64U),
      Saturating<int64_t, float>(Opcode::kI64TruncSatF32S),
      Saturating<uint64_t, float>(Opcode::kI64TruncSatF32U),
      Saturating<int64_t, double>(Opcode::kI64TruncSatF64S),
      Saturating<uint64_t, double>(Opcode::kI64TruncSatF64U),
  });
}

constexpr char kTruncations[] = R"(
  (module
    (func (export "i32_f32_s") (param f32) (result i32)
      (i32.trunc_f32_s (local.get 0)))
    (func (export "i32_f32_u") (param f32) (result i32)
      (i32.trunc_f32_u (local.get 0)))
    (func (export "i32_f64_s") (param f64) (result i32)
      (i32.trunc_f64_s (local.get 0)))
    (func (export "i32_f64_u") (param f64) (result i32)
      (i32.trunc_f64_u (local.get 0)))
    (func (export "i64_f32_s") (param f32) (result i64)
      (i64.trunc_f32_s (local.get 0)))
    (func (export "i64_f32_u") (param f32) (result i64)
      (i64.trunc_f32_u (local.get 0)))
    (func (export "i64_f64_s") (param f64) (result i64)
      (i64.trunc_f64_s (local.get 0)))
    (func (export "i64_f64_u") (param f64) (result i64)
      (i64.trunc_f64_u (local.get 0)))
    (func (export "dropped") (param f64)
      (drop (i32.trunc_f64_s (local.get 0)))))
)";

// Around the limits of every pair of types: the last float that fits and the
// first that does not.
TEST(Conversion, TruncationTrapsBeyondTheIntegers) {
  const std::string overflow = "trap: integer overflow";
  const auto f32 = [](float x) { return std::vector{Value::F32(x)}; };
  const auto f64 = [](double x) { return std::vector{Value::F64(x)}; };
  ExpectCalls(
      kTruncations,
      {
          {"i32_f32_s", f32(-1.9f), "i32.const -1"},
          {"i32_f32_s", f32(0x1.fffffep30f), "i32.const 2147483520"},
          {"i32_f32_s", f32(0x1p31f), overflow},
          {"i32_f32_s", f32(-0x1p31f), "i32.const -2147483648"},
          {"i32_f32_s", f32(-0x1.000002p31f), overflow},
          {"i32_f32_u", f32(-0.9f), "i32.const 0"},
          {"i32_f32_u", f32(-1.0f), overflow},
          {"i32_f32_u", f32(0x1.fffffep31f), "i32.const -256"},
          {"i32_f32_u", f32(0x1p32f), overflow},
          {"i32_f64_s", f64(2147483647.9), "i32.const 2147483647"},
          {"i32_f64_s", f64(2147483648.0), overflow},
          {"i32_f64_s", f64(-2147483648.9), "i32.const -2147483648"},
          {"i32_f64_s", f64(-2147483649.0), overflow},
          {"i32_f64_u", f64(-0.999999999), "i32.const 0"},
          {"i32_f64_u", f64(-1.0), overflow},
          {"i32_f64_u", f64(4294967295.9), "i32.const -1"},
          {"i32_f64_u", f64(4294967296.0), overflow},
          {"i64_f32_s", f32(0x1.fffffep62f), "i64.const 9223371487098961920"},
          {"i64_f32_s", f32(0x1p63f), overflow},
          {"i64_f32_s", f32(-0x1p63f), "i64.const -9223372036854775808"},
          {"i64_f32_s", f32(-0x1.000002p63f), overflow},
          {"i64_f32_u", f32(0x1.fffffep63f), "i64.const -1099511627776"},
          {"i64_f32_u", f32(0x1p64f), overflow},
          {"i64_f32_u", f32(-1.0f), overflow},
          {"i64_f64_s", f64(0x1.fffffffffffffp62),
           "i64.const 9223372036854774784"},
          {"i64_f64_s", f64(0x1p63), overflow},
          {"i64_f64_s", f64(-0x1p63), "i64.const -9223372036854775808"},
          {"i64_f64_s", f64(-0x1.0000000000001p63), overflow},
          {"i64_f64_u", f64(0x1.fffffffffffffp63), "i64.const -2048"},
          {"i64_f64_u", f64(0x1p64), overflow},
          {"i64_f64_u", f64(-0.5), "i64.const 0"},
          {"i64_f64_u", f64(-1.0), overflow},
          {"dropped", f64(1.0), ""},
          {"dropped", f64(1e10), overflow},
      });
}

TEST(Conversion, TruncationTrapsOnNan) {
  const std::string invalid = "trap: invalid conversion to integer";
  const std::string overflow = "trap: integer overflow";
  std::vector<WatCall> calls;
  for (const char* function :
       {"i32_f32_s", "i32_f32_u", "i64_f32_s", "i64_f32_u"}) {
    for (uint32_t bits : {0x7fc00000u, 0xffc00001u, 0x7f800001u}) {
      calls.push_back({function, {Value::F32Bits(bits)}, invalid});
    }
    calls.push_back({function, {Value::F32(INFINITY)}, overflow});
    calls.push_back({function, {Value::F32(-INFINITY)}, overflow});
  }
  for (const char* function :
       {"i32_f64_s", "i32_f64_u", "i64_f64_s", "i64_f64_u"}) {
    for (uint64_t bits :
         {uint64_t{0x7ff8'0000'0000'0000}, uint64_t{0xfff8'0000'0000'0001},
          uint64_t{0x7ff0'0000'0000'0001}}) {
      calls.push_back({function, {Value::F64Bits(bits)}, invalid});
    }
    calls.push_back({function, {Value::F64(INFINITY)}, overflow});
    calls.push_back({function, {Value::F64(-INFINITY)}, overflow});
  }
  calls.push_back({"dropped", {Value::F64(NAN)}, invalid});
  ExpectCalls(kTruncations, calls);
}

// LLVM takes demote(promote(x)) for x, which leaves a signalling NaN as it is.
TEST(Conversion, DemotedPromotionMakesNansQuiet) {
  ExpectCalls(
      R"(
    (module (func (export "f") (param i32) (result i32)
      (i32.and (i32.const 0x7fffffff)
        (i32.reinterpret_f32 (f32.demote_f64 (f64.promote_f32
          (f32.reinterpret_i32 (local.get 0))))))))
  )",
      {
          {"f", {Value::I32(0x7f800001)}, ToString(Value::I32(0x7fc00001))},
          {"f", {Value::I32(0x3f800000)}, ToString(Value::I32(0x3f800000))},
      });
}

}  // namespace
}  // namespace wasijit::compiler
