#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/ADT/APInt.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// The integer shape with lanes of half the width.
Shape NarrowShape(Shape shape) {
  switch (shape) {
    case Shape::kI16x8:
      return Shape::kI8x16;
    case Shape::kI32x4:
      return Shape::kI16x8;
    default:
      return Shape::kI32x4;
  }
}

// The integer shape with lanes of twice the width.
Shape WideShape(Shape shape) {
  return shape == Shape::kI8x16 ? Shape::kI16x8 : Shape::kI32x4;
}

// `count` lanes of `x` from lane `first`, every `stride`th.
llvm::Value* TakeLanes(CodeBuilder& b, llvm::Value* x, uint32_t first,
                       uint32_t count, uint32_t stride) {
  std::vector<int> mask(count);
  for (uint32_t i = 0; i < count; ++i) {
    mask[i] = static_cast<int>(first + i * stride);
  }
  return b.CreateShuffleVector(x, mask);
}

llvm::Value* Extend(CodeBuilder& b, llvm::Value* x, llvm::Type* type,
                    bool is_signed) {
  return is_signed ? b.CreateSExt(x, type) : b.CreateZExt(x, type);
}

// Half of the lanes of `x`, of half the width of `shape`'s, extended.
llvm::Value* ExtendHalf(CodeBuilder& b, Shape shape, llvm::Value* x, bool high,
                        bool is_signed) {
  const uint32_t count = LaneCount(shape);
  llvm::Value* half = TakeLanes(b, b.AsLanes(x, NarrowShape(shape)),
                                high ? count : 0, count, /*stride=*/1);
  return Extend(b, half, b.TypeOf(shape), is_signed);
}

llvm::Value* ExtendedProduct(CodeBuilder& b, Shape shape,
                             absl::Span<llvm::Value* const> x, bool high,
                             bool is_signed) {
  return b.CreateMul(ExtendHalf(b, shape, x[0], high, is_signed),
                     ExtendHalf(b, shape, x[1], high, is_signed));
}

// The sums of neighbouring lanes.
llvm::Value* AddPairs(CodeBuilder& b, llvm::Value* x, uint32_t count) {
  return b.CreateAdd(TakeLanes(b, x, 0, count, /*stride=*/2),
                     TakeLanes(b, x, 1, count, /*stride=*/2));
}

llvm::Value* LowerExtAddPairwise(CodeBuilder& b, Shape shape, llvm::Value* x,
                                 bool is_signed) {
  llvm::Value* wide =
      Extend(b, b.AsLanes(x, NarrowShape(shape)),
             llvm::FixedVectorType::get(b.TypeOf(shape)->getScalarType(),
                                        LaneCount(shape) * 2),
             is_signed);
  return AddPairs(b, wide, LaneCount(shape));
}

llvm::Value* LowerDot(CodeBuilder& b, Shape shape, llvm::Value* x,
                      llvm::Value* y) {
  const Shape narrow = NarrowShape(shape);
  llvm::Type* wide = llvm::FixedVectorType::get(
      b.TypeOf(shape)->getScalarType(), LaneCount(narrow));
  llvm::Value* products = b.CreateMul(b.CreateSExt(b.AsLanes(x, narrow), wide),
                                      b.CreateSExt(b.AsLanes(y, narrow), wide));
  return AddPairs(b, products, LaneCount(shape));
}

// The lanes of both operands, of twice the width of `shape`'s and signed,
// saturated to the range of the narrow lane.
llvm::Value* LowerNarrow(CodeBuilder& b, Shape shape, llvm::Value* x,
                         llvm::Value* y, bool is_signed) {
  const Shape wide = WideShape(shape);
  const unsigned width = b.TypeOf(shape)->getScalarSizeInBits();
  std::vector<int> mask(LaneCount(shape));
  std::iota(mask.begin(), mask.end(), 0);
  llvm::Value* both =
      b.CreateShuffleVector(b.AsLanes(x, wide), b.AsLanes(y, wide), mask);
  using llvm::APInt;
  const APInt least =
      is_signed ? APInt::getSignedMinValue(width) : APInt::getMinValue(width);
  const APInt greatest =
      is_signed ? APInt::getSignedMaxValue(width) : APInt::getMaxValue(width);
  llvm::Type* type = both->getType();
  both = b.CreateBinaryIntrinsic(
      llvm::Intrinsic::smax, both,
      llvm::ConstantInt::get(
          type, is_signed ? least.sext(2 * width) : least.zext(2 * width)));
  both = b.CreateBinaryIntrinsic(
      llvm::Intrinsic::smin, both,
      llvm::ConstantInt::get(type, is_signed ? greatest.sext(2 * width)
                                             : greatest.zext(2 * width)));
  return b.CreateTrunc(both, b.TypeOf(shape));
}

}  // namespace

llvm::Value* LowerVectorWidth(CodeBuilder& builder, Verb verb, Shape shape,
                              absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kExtendLowS:
      return ExtendHalf(b, shape, x[0], /*high=*/false, /*is_signed=*/true);
    case Verb::kExtendHighS:
      return ExtendHalf(b, shape, x[0], /*high=*/true, /*is_signed=*/true);
    case Verb::kExtendLowU:
      return ExtendHalf(b, shape, x[0], /*high=*/false, /*is_signed=*/false);
    case Verb::kExtendHighU:
      return ExtendHalf(b, shape, x[0], /*high=*/true, /*is_signed=*/false);
    case Verb::kExtMulLowS:
      return ExtendedProduct(b, shape, x, /*high=*/false, /*is_signed=*/true);
    case Verb::kExtMulHighS:
      return ExtendedProduct(b, shape, x, /*high=*/true, /*is_signed=*/true);
    case Verb::kExtMulLowU:
      return ExtendedProduct(b, shape, x, /*high=*/false, /*is_signed=*/false);
    case Verb::kExtMulHighU:
      return ExtendedProduct(b, shape, x, /*high=*/true, /*is_signed=*/false);
    case Verb::kExtAddPairwiseS:
      return LowerExtAddPairwise(b, shape, x[0], /*is_signed=*/true);
    case Verb::kExtAddPairwiseU:
      return LowerExtAddPairwise(b, shape, x[0], /*is_signed=*/false);
    case Verb::kDot:
      return LowerDot(b, shape, x[0], x[1]);
    case Verb::kNarrowS:
      return LowerNarrow(b, shape, x[0], x[1], /*is_signed=*/true);
    case Verb::kNarrowU:
      return LowerNarrow(b, shape, x[0], x[1], /*is_signed=*/false);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
