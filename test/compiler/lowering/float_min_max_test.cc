#include "compiler/lowering/float_min_max.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::IsNan;
using ::wasijit::test::KindOf;
using ::wasijit::test::LanesOf;
using ::wasijit::test::Lanewise;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::Whole;

template <typename T>
T Minimum(T a, T b) {
  if (IsNan(a) || IsNan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
template <typename T>
T Maximum(T a, T b) {
  if (IsNan(a) || IsNan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == b) return std::signbit(a) ? b : a;
  return a < b ? b : a;
}

// A scalar instruction; scalars are first lanes.
template <typename T>
OracleCase Scalar(Opcode opcode, T (*f)(T, T)) {
  return Whole(
      opcode,
      [f](Operands x) {
        LanesOf<T> result = {};
        result[0] = f(x[0].Lanes<T>()[0], x[1].Lanes<T>()[0]);
        return V128::FromLanes<T>(result);
      },
      KindOf<T>());
}

TEST(FloatMinMax, OrdersZerosAndQuietensNan) {
  ExpectAll({
      Scalar<float>(Opcode::kF32Min, Minimum),
      Scalar<float>(Opcode::kF32Max, Maximum),
      Scalar<double>(Opcode::kF64Min, Minimum),
      Scalar<double>(Opcode::kF64Max, Maximum),
      Lanewise<float>(Opcode::kF32x4Min, Minimum<float>),
      Lanewise<float>(Opcode::kF32x4Max, Maximum<float>),
      Lanewise<double>(Opcode::kF64x2Min, Minimum<double>),
      Lanewise<double>(Opcode::kF64x2Max, Maximum<double>),
  });
}

}  // namespace
}  // namespace wasijit::compiler
