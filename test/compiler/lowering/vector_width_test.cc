#include <cstddef>
#include <cstdint>

#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/vector_oracle.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectAll;
using ::wasijit::test::LanesOf;
using ::wasijit::test::Operands;
using ::wasijit::test::OracleCase;
using ::wasijit::test::Saturate;
using ::wasijit::test::Whole;

template <typename Wide, typename Narrow>
OracleCase Extend(Opcode opcode, size_t first) {
  return Whole(opcode, [first](Operands x) {
    const auto lanes = x[0].Lanes<Narrow>();
    LanesOf<Wide> result;
    for (size_t i = 0; i < result.size(); ++i) result[i] = lanes[first + i];
    return V128::FromLanes<Wide>(result);
  });
}

template <typename Wide, typename Narrow>
OracleCase ExtendedProduct(Opcode opcode, size_t first) {
  return Whole(opcode, [first](Operands x) {
    const auto a = x[0].Lanes<Narrow>();
    const auto b = x[1].Lanes<Narrow>();
    LanesOf<Wide> result;
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] = static_cast<Wide>(Wide{a[first + i]} * Wide{b[first + i]});
    }
    return V128::FromLanes<Wide>(result);
  });
}

template <typename Wide, typename Narrow>
OracleCase ExtendedSum(Opcode opcode) {
  return Whole(opcode, [](Operands x) {
    const auto a = x[0].Lanes<Narrow>();
    LanesOf<Wide> result;
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] = static_cast<Wide>(Wide{a[2 * i]} + Wide{a[2 * i + 1]});
    }
    return V128::FromLanes<Wide>(result);
  });
}

template <typename Narrow, typename Wide>
OracleCase Narrowed(Opcode opcode) {
  return Whole(opcode, [](Operands x) {
    LanesOf<Narrow> result;
    for (size_t i = 0; i < result.size(); ++i) {
      const size_t half = result.size() / 2;
      result[i] = Saturate<Narrow, Wide>(x[i / half].Lanes<Wide>()[i % half]);
    }
    return V128::FromLanes<Narrow>(result);
  });
}

V128 Dot(Operands x) {
  const auto a = x[0].Lanes<int16_t>();
  const auto b = x[1].Lanes<int16_t>();
  LanesOf<uint32_t> result;
  for (size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<uint32_t>(a[2 * i] * b[2 * i]) +
                static_cast<uint32_t>(a[2 * i + 1] * b[2 * i + 1]);
  }
  return V128::FromLanes<uint32_t>(result);
}

TEST(VectorWidth, ExtendsHalves) {
  ExpectAll({
      Extend<int16_t, int8_t>(Opcode::kI16x8ExtendLowI8x16S, 0),
      Extend<int16_t, int8_t>(Opcode::kI16x8ExtendHighI8x16S, 8),
      Extend<uint16_t, uint8_t>(Opcode::kI16x8ExtendLowI8x16U, 0),
      Extend<uint16_t, uint8_t>(Opcode::kI16x8ExtendHighI8x16U, 8),
      Extend<int32_t, int16_t>(Opcode::kI32x4ExtendLowI16x8S, 0),
      Extend<int32_t, int16_t>(Opcode::kI32x4ExtendHighI16x8S, 4),
      Extend<uint32_t, uint16_t>(Opcode::kI32x4ExtendLowI16x8U, 0),
      Extend<uint32_t, uint16_t>(Opcode::kI32x4ExtendHighI16x8U, 4),
      Extend<int64_t, int32_t>(Opcode::kI64x2ExtendLowI32x4S, 0),
      Extend<int64_t, int32_t>(Opcode::kI64x2ExtendHighI32x4S, 2),
      Extend<uint64_t, uint32_t>(Opcode::kI64x2ExtendLowI32x4U, 0),
      Extend<uint64_t, uint32_t>(Opcode::kI64x2ExtendHighI32x4U, 2),
  });
}

TEST(VectorWidth, MultipliesHalvesExactly) {
  ExpectAll({
      ExtendedProduct<int16_t, int8_t>(Opcode::kI16x8ExtmulLowI8x16S, 0),
      ExtendedProduct<int16_t, int8_t>(Opcode::kI16x8ExtmulHighI8x16S, 8),
      ExtendedProduct<uint16_t, uint8_t>(Opcode::kI16x8ExtmulLowI8x16U, 0),
      ExtendedProduct<uint16_t, uint8_t>(Opcode::kI16x8ExtmulHighI8x16U, 8),
      ExtendedProduct<int32_t, int16_t>(Opcode::kI32x4ExtmulLowI16x8S, 0),
      ExtendedProduct<int32_t, int16_t>(Opcode::kI32x4ExtmulHighI16x8S, 4),
      ExtendedProduct<uint32_t, uint16_t>(Opcode::kI32x4ExtmulLowI16x8U, 0),
      ExtendedProduct<uint32_t, uint16_t>(Opcode::kI32x4ExtmulHighI16x8U, 4),
      ExtendedProduct<int64_t, int32_t>(Opcode::kI64x2ExtmulLowI32x4S, 0),
      ExtendedProduct<int64_t, int32_t>(Opcode::kI64x2ExtmulHighI32x4S, 2),
      ExtendedProduct<uint64_t, uint32_t>(Opcode::kI64x2ExtmulLowI32x4U, 0),
      ExtendedProduct<uint64_t, uint32_t>(Opcode::kI64x2ExtmulHighI32x4U, 2),
  });
}

TEST(VectorWidth, AddsNeighbours) {
  ExpectAll({
      ExtendedSum<int16_t, int8_t>(Opcode::kI16x8ExtaddPairwiseI8x16S),
      ExtendedSum<uint16_t, uint8_t>(Opcode::kI16x8ExtaddPairwiseI8x16U),
      ExtendedSum<int32_t, int16_t>(Opcode::kI32x4ExtaddPairwiseI16x8S),
      ExtendedSum<uint32_t, uint16_t>(Opcode::kI32x4ExtaddPairwiseI16x8U),
  });
}

TEST(VectorWidth, AddsProductsOfNeighbours) {
  ExpectAll({Whole(Opcode::kI32x4DotI16x8S, Dot)});
}

TEST(VectorWidth, SaturatesSignedLanesWhenNarrowing) {
  ExpectAll({
      Narrowed<int8_t, int16_t>(Opcode::kI8x16NarrowI16x8S),
      Narrowed<uint8_t, int16_t>(Opcode::kI8x16NarrowI16x8U),
      Narrowed<int16_t, int32_t>(Opcode::kI16x8NarrowI32x4S),
      Narrowed<uint16_t, int32_t>(Opcode::kI16x8NarrowI32x4U),
  });
}

}  // namespace
}  // namespace wasijit::compiler
