#include "compiler/lowering/numeric.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/syntax/instruction.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Instructions.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"
#include "test/support/lowered_wat.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::ExpectAll;
using ::wasijit::test::ExpectCalls;
using ::wasijit::test::KindOf;
using ::wasijit::test::LoweredWat;
using ::wasijit::test::Number;
using ::wasijit::test::OracleCase;
using ::wasijit::test::ScalarVector;
using ::wasijit::test::WatCall;
using ::wasijit::test::Whole;

// The scalar that an operand holds, and the operand that holds a scalar.
template <Number T>
T Scalar(const V128& operand) {
  return operand.Lanes<T>()[0];
}
template <Number T>
V128 Vector(T scalar) {
  V128 vector = ScalarVector(0);
  std::memcpy(vector.bytes.data(), &scalar, sizeof(T));
  return vector;
}

template <Number T, typename F>
OracleCase Unary(Opcode opcode, F f) {
  return Whole(
      opcode,
      [f](test::Operands x) {
        return Vector(static_cast<decltype(f(T()))>(f(Scalar<T>(x[0]))));
      },
      KindOf<decltype(f(T()))>());
}

// Comparisons give bool, which is an i32.
template <Number T, typename F>
OracleCase Binary(Opcode opcode, F f) {
  using Result = decltype(f(T(), T()));
  return Whole(
      opcode,
      [f](test::Operands x) {
        const Result result = f(Scalar<T>(x[0]), Scalar<T>(x[1]));
        if constexpr (std::is_same_v<Result, bool>) {
          return Vector(static_cast<uint32_t>(result));
        } else {
          return Vector(result);
        }
      },
      KindOf<Result>());
}

TEST(Numeric, CalculatesModuloTheWidth) {
  const auto add = [](auto a, auto b) { return a + b; };
  const auto sub = [](auto a, auto b) { return a - b; };
  const auto mul = [](auto a, auto b) { return a * b; };
  ExpectAll({
      Binary<uint32_t>(Opcode::kI32Add, add),
      Binary<uint32_t>(Opcode::kI32Sub, sub),
      Binary<uint32_t>(Opcode::kI32Mul, mul),
      Binary<uint64_t>(Opcode::kI64Add, add),
      Binary<uint64_t>(Opcode::kI64Sub, sub),
      Binary<uint64_t>(Opcode::kI64Mul, mul),
  });
}

TEST(Numeric, CombinesBits) {
  const auto both = [](auto a, auto b) { return a & b; };
  const auto either = [](auto a, auto b) { return a | b; };
  const auto differ = [](auto a, auto b) { return a ^ b; };
  ExpectAll({
      Binary<uint32_t>(Opcode::kI32And, both),
      Binary<uint32_t>(Opcode::kI32Or, either),
      Binary<uint32_t>(Opcode::kI32Xor, differ),
      Binary<uint64_t>(Opcode::kI64And, both),
      Binary<uint64_t>(Opcode::kI64Or, either),
      Binary<uint64_t>(Opcode::kI64Xor, differ),
  });
}

TEST(Numeric, ShiftsByTheCountModuloTheWidth) {
  ExpectAll({
      Binary<uint32_t>(Opcode::kI32Shl,
                       [](uint32_t a, uint32_t b) { return a << b % 32; }),
      Binary<uint32_t>(Opcode::kI32ShrU,
                       [](uint32_t a, uint32_t b) { return a >> b % 32; }),
      Binary<int32_t>(Opcode::kI32ShrS,
                      [](int32_t a, int32_t b) { return a >> (b & 31); }),
      Binary<uint32_t>(Opcode::kI32Rotl,
                       [](uint32_t a, uint32_t b) {
                         return std::rotl(a, static_cast<int>(b % 32));
                       }),
      Binary<uint32_t>(Opcode::kI32Rotr,
                       [](uint32_t a, uint32_t b) {
                         return std::rotr(a, static_cast<int>(b % 32));
                       }),
      Binary<uint64_t>(Opcode::kI64Shl,
                       [](uint64_t a, uint64_t b) { return a << b % 64; }),
      Binary<uint64_t>(Opcode::kI64ShrU,
                       [](uint64_t a, uint64_t b) { return a >> b % 64; }),
      Binary<int64_t>(Opcode::kI64ShrS,
                      [](int64_t a, int64_t b) { return a >> (b & 63); }),
      Binary<uint64_t>(Opcode::kI64Rotl,
                       [](uint64_t a, uint64_t b) {
                         return std::rotl(a, static_cast<int>(b % 64));
                       }),
      Binary<uint64_t>(Opcode::kI64Rotr,
                       [](uint64_t a, uint64_t b) {
                         return std::rotr(a, static_cast<int>(b % 64));
                       }),
  });
}

TEST(Numeric, CountsBits) {
  ExpectAll({
      Unary<uint32_t>(Opcode::kI32Clz, std::countl_zero<uint32_t>),
      Unary<uint32_t>(Opcode::kI32Ctz, std::countr_zero<uint32_t>),
      Unary<uint32_t>(Opcode::kI32Popcnt, std::popcount<uint32_t>),
      Unary<uint64_t>(Opcode::kI64Clz,
                      [](uint64_t a) { return int64_t{std::countl_zero(a)}; }),
      Unary<uint64_t>(Opcode::kI64Ctz,
                      [](uint64_t a) { return int64_t{std::countr_zero(a)}; }),
      Unary<uint64_t>(Opcode::kI64Popcnt,
                      [](uint64_t a) { return int64_t{std::popcount(a)}; }),
  });
}

TEST(Numeric, ComparesIntegers) {
  const auto eq = [](auto a, auto b) { return a == b; };
  const auto ne = [](auto a, auto b) { return a != b; };
  const auto lt = [](auto a, auto b) { return a < b; };
  const auto gt = [](auto a, auto b) { return a > b; };
  const auto le = [](auto a, auto b) { return a <= b; };
  const auto ge = [](auto a, auto b) { return a >= b; };
  ExpectAll({
      Unary<uint32_t>(Opcode::kI32Eqz, [](uint32_t a) { return int{a == 0}; }),
      Binary<uint32_t>(Opcode::kI32Eq, eq),
      Binary<uint32_t>(Opcode::kI32Ne, ne),
      Binary<int32_t>(Opcode::kI32LtS, lt),
      Binary<uint32_t>(Opcode::kI32LtU, lt),
      Binary<int32_t>(Opcode::kI32GtS, gt),
      Binary<uint32_t>(Opcode::kI32GtU, gt),
      Binary<int32_t>(Opcode::kI32LeS, le),
      Binary<uint32_t>(Opcode::kI32LeU, le),
      Binary<int32_t>(Opcode::kI32GeS, ge),
      Binary<uint32_t>(Opcode::kI32GeU, ge),
      Unary<uint64_t>(Opcode::kI64Eqz, [](uint64_t a) { return int{a == 0}; }),
      Binary<uint64_t>(Opcode::kI64Eq, eq),
      Binary<uint64_t>(Opcode::kI64Ne, ne),
      Binary<int64_t>(Opcode::kI64LtS, lt),
      Binary<uint64_t>(Opcode::kI64LtU, lt),
      Binary<int64_t>(Opcode::kI64GtS, gt),
      Binary<uint64_t>(Opcode::kI64GtU, gt),
      Binary<int64_t>(Opcode::kI64LeS, le),
      Binary<uint64_t>(Opcode::kI64LeU, le),
      Binary<int64_t>(Opcode::kI64GeS, ge),
      Binary<uint64_t>(Opcode::kI64GeU, ge),
  });
}

template <Number T>
void ExpectFloatComparisons(Opcode first) {
  const auto at = [&](int i) {
    return static_cast<Opcode>(static_cast<int>(first) + i);
  };
  ExpectAll({
      Binary<T>(at(0), [](T a, T b) { return a == b; }),
      Binary<T>(at(1), [](T a, T b) { return a != b; }),
      Binary<T>(at(2), [](T a, T b) { return a < b; }),
      Binary<T>(at(3), [](T a, T b) { return a > b; }),
      Binary<T>(at(4), [](T a, T b) { return a <= b; }),
      Binary<T>(at(5), [](T a, T b) { return a >= b; }),
  });
}

TEST(Numeric, ComparesFloats) {
  ExpectFloatComparisons<float>(Opcode::kF32Eq);
  ExpectFloatComparisons<double>(Opcode::kF64Eq);
}

// -0 is less than +0, and a NaN is contagious.
template <Number T>
T Min(T a, T b) {
  if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
  return a == b ? (std::signbit(a) ? a : b) : (a < b ? a : b);
}
template <Number T>
T Max(T a, T b) {
  if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
  return a == b ? (std::signbit(a) ? b : a) : (a < b ? b : a);
}

template <Number T>
void ExpectFloatArithmetic(Opcode ceil, Opcode add) {
  const auto at = [](Opcode first, int i) {
    return static_cast<Opcode>(static_cast<int>(first) + i);
  };
  ExpectAll({
      Unary<T>(at(ceil, 0), [](T a) { return std::ceil(a); }),
      Unary<T>(at(ceil, 1), [](T a) { return std::floor(a); }),
      Unary<T>(at(ceil, 2), [](T a) { return std::trunc(a); }),
      Unary<T>(at(ceil, 3), [](T a) { return std::nearbyint(a); }),
      Unary<T>(at(ceil, 4), [](T a) { return std::sqrt(a); }),
      Binary<T>(at(add, 0), [](T a, T b) { return a + b; }),
      Binary<T>(at(add, 1), [](T a, T b) { return a - b; }),
      Binary<T>(at(add, 2), [](T a, T b) { return a * b; }),
      Binary<T>(at(add, 3), [](T a, T b) { return a / b; }),
      Binary<T>(at(add, 4), Min<T>),
      Binary<T>(at(add, 5), Max<T>),
  });
}

TEST(Numeric, CalculatesWithFloats) {
  ExpectFloatArithmetic<float>(Opcode::kF32Ceil, Opcode::kF32Add);
  ExpectFloatArithmetic<double>(Opcode::kF64Ceil, Opcode::kF64Add);
}

// Bits and nothing else, also of NaNs (specification, 4.3.3 fabs, fneg,
// fcopysign).
TEST(Numeric, ChangesSignsOfAllBits) {
  constexpr uint32_t kSign32 = uint32_t{1} << 31;
  constexpr uint64_t kSign64 = uint64_t{1} << 63;
  ExpectAll({
      Unary<uint32_t>(Opcode::kF32Abs, [](uint32_t a) { return a & ~kSign32; }),
      Unary<uint32_t>(Opcode::kF32Neg, [](uint32_t a) { return a ^ kSign32; }),
      Binary<uint32_t>(Opcode::kF32Copysign,
                       [](uint32_t a, uint32_t b) {
                         return (a & ~kSign32) | (b & kSign32);
                       }),
      Unary<uint64_t>(Opcode::kF64Abs, [](uint64_t a) { return a & ~kSign64; }),
      Unary<uint64_t>(Opcode::kF64Neg, [](uint64_t a) { return a ^ kSign64; }),
      Binary<uint64_t>(Opcode::kF64Copysign,
                       [](uint64_t a, uint64_t b) {
                         return (a & ~kSign64) | (b & kSign64);
                       }),
  });
}

// LLVM takes x * 1 and its like for x, which leaves a signalling NaN as it is.
TEST(Numeric, IdentitiesMakeNansQuiet) {
  const char* const kIdentities[] = {
      "(f64.mul (local.get 1) (f64.const 1))",
      "(f64.mul (f64.const 1) (local.get 1))",
      "(f64.div (local.get 1) (f64.const 1))",
      "(f64.add (local.get 1) (f64.const -0))",
      "(f64.add (f64.const -0) (local.get 1))",
      "(f64.sub (local.get 1) (f64.const 0))",
      "(f64.sub (f64.const -0) (local.get 1))",
      "(f64.min (local.get 1) (f64.const inf))",
      "(f64.min (f64.const inf) (local.get 1))",
      "(f64.max (local.get 1) (f64.const -inf))",
      "(f64.max (f64.const -inf) (local.get 1))",
  };
  constexpr int64_t kSignalling = 0x7ff0'0000'0000'0001;
  constexpr int64_t kQuiet = 0x7ff8'0000'0000'0001;
  constexpr int64_t kOne = 0x3ff0'0000'0000'0000;
  std::string functions;
  std::vector<WatCall> calls;
  for (const char* identity : kIdentities) {
    const std::string name = absl::StrCat("f", calls.size());
    // The sign is not looked at: one of them negates.
    absl::StrAppend(&functions, "(func (export \"", name, "\")", R"(
      (param i64) (result i64) (local f64)
      (local.set 1 (f64.reinterpret_i64 (local.get 0)))
      (i64.and (i64.const 0x7fffffffffffffff) (i64.reinterpret_f64 )",
                    identity, ")))");
    calls.push_back(
        {name, {Value::I64(kSignalling)}, ToString(Value::I64(kQuiet))});
    calls.push_back({name, {Value::I64(kOne)}, ToString(Value::I64(kOne))});
  }
  ExpectCalls(absl::StrCat("(module ", functions, ")"), calls);
}

TEST(Numeric, DivisionsTrapOnZeroAndOverflow) {
  constexpr int32_t kMin32 = std::numeric_limits<int32_t>::min();
  constexpr int64_t kMin64 = std::numeric_limits<int64_t>::min();
  const std::string by_zero = "trap: integer divide by zero";
  const std::string overflow = "trap: integer overflow";
  const std::vector<WatCall> calls = {
      {"div_s", {Value::I32(7), Value::I32(-2)}, "i32.const -3"},
      {"div_s", {Value::I32(kMin32), Value::I32(1)}, "i32.const -2147483648"},
      {"div_s",
       {Value::I32(kMin32 + 1), Value::I32(-1)},
       "i32.const 2147483647"},
      {"div_s", {Value::I32(kMin32), Value::I32(-1)}, overflow},
      {"div_s", {Value::I32(1), Value::I32(0)}, by_zero},
      {"div_s", {Value::I32(kMin32), Value::I32(0)}, by_zero},
      {"div_u", {Value::I32(-1), Value::I32(2)}, "i32.const 2147483647"},
      {"div_u", {Value::I32(kMin32), Value::I32(-1)}, "i32.const 0"},
      {"div_u", {Value::I32(1), Value::I32(0)}, by_zero},
      {"rem_s", {Value::I32(-7), Value::I32(2)}, "i32.const -1"},
      {"rem_s", {Value::I32(7), Value::I32(-2)}, "i32.const 1"},
      {"rem_s", {Value::I32(kMin32), Value::I32(-1)}, "i32.const 0"},
      {"rem_s", {Value::I32(5), Value::I32(-1)}, "i32.const 0"},
      {"rem_s", {Value::I32(1), Value::I32(0)}, by_zero},
      {"rem_u", {Value::I32(-1), Value::I32(10)}, "i32.const 5"},
      {"rem_u", {Value::I32(1), Value::I32(0)}, by_zero},
      {"div_s64", {Value::I64(kMin64), Value::I64(-1)}, overflow},
      {"div_s64", {Value::I64(1), Value::I64(0)}, by_zero},
      {"div_s64", {Value::I64(-7), Value::I64(2)}, "i64.const -3"},
      {"div_u64",
       {Value::I64(-1), Value::I64(2)},
       "i64.const 9223372036854775807"},
      {"div_u64", {Value::I64(1), Value::I64(0)}, by_zero},
      {"rem_s64", {Value::I64(kMin64), Value::I64(-1)}, "i64.const 0"},
      {"rem_s64", {Value::I64(1), Value::I64(0)}, by_zero},
      {"rem_u64", {Value::I64(-1), Value::I64(10)}, "i64.const 5"},
      {"rem_u64", {Value::I64(1), Value::I64(0)}, by_zero},
      // Constants, for which LLVM knows the outcome.
      {"zero", {Value::I32(1)}, by_zero},
      {"overflow", {}, overflow},
      {"minus_one", {Value::I32(kMin32)}, overflow},
      {"minus_one", {Value::I32(3)}, "i32.const -3"},
      {"dropped", {Value::I32(0)}, by_zero},
      {"dropped", {Value::I32(1)}, "i32.const 0"},
  };
  ExpectCalls(R"(
    (module
      (func (export "div_s") (param i32 i32) (result i32)
        (i32.div_s (local.get 0) (local.get 1)))
      (func (export "div_u") (param i32 i32) (result i32)
        (i32.div_u (local.get 0) (local.get 1)))
      (func (export "rem_s") (param i32 i32) (result i32)
        (i32.rem_s (local.get 0) (local.get 1)))
      (func (export "rem_u") (param i32 i32) (result i32)
        (i32.rem_u (local.get 0) (local.get 1)))
      (func (export "div_s64") (param i64 i64) (result i64)
        (i64.div_s (local.get 0) (local.get 1)))
      (func (export "div_u64") (param i64 i64) (result i64)
        (i64.div_u (local.get 0) (local.get 1)))
      (func (export "rem_s64") (param i64 i64) (result i64)
        (i64.rem_s (local.get 0) (local.get 1)))
      (func (export "rem_u64") (param i64 i64) (result i64)
        (i64.rem_u (local.get 0) (local.get 1)))
      (func (export "zero") (param i32) (result i32)
        (i32.div_s (local.get 0) (i32.const 0)))
      (func (export "overflow") (result i32)
        (i32.div_s (i32.const 0x80000000) (i32.const -1)))
      (func (export "minus_one") (param i32) (result i32)
        (i32.div_s (local.get 0) (i32.const -1)))
      (func (export "dropped") (param i32) (result i32)
        (drop (i32.rem_u (i32.const 1) (local.get 0))) (i32.const 0)))
  )",
              calls);
}

// Arithmetic carries no promise that LLVM could build on: a wrapped address
// must stay wrapped.
TEST(Numeric, PromisesNothingAboutOverflow) {
  const LoweredWat lowered(R"(
    (module (func (param i32 i32) (result i32)
      (i32.shl
        (i32.mul (i32.add (local.get 0) (local.get 1))
                 (i32.sub (local.get 0) (local.get 1)))
        (local.get 1))))
  )");
  EXPECT_THAT(lowered.Text(0), HasSubstr("mul i32"));
  EXPECT_THAT(lowered.Text(0), Not(HasSubstr("nsw")));
  EXPECT_THAT(lowered.Text(0), Not(HasSubstr("nuw")));
}

}  // namespace
}  // namespace wasijit::compiler
