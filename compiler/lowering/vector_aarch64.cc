#include <cstdint>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsAArch64.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

namespace Intrinsic = llvm::Intrinsic;

llvm::Value* ToI32(CodeBuilder& b, llvm::Value* bit) {
  return b.CreateZExt(bit, b.getInt32Ty());
}

// UMAXP folds both halves into one, which moves to a scalar register at once.
llvm::Value* LowerAnyTrue(CodeBuilder& b, llvm::Value* x) {
  llvm::Value* words = b.AsLanes(x, Shape::kI32x4);
  llvm::Value* pairs = b.CreateIntrinsic(Intrinsic::aarch64_neon_umaxp,
                                         {words->getType()}, {words, words});
  return ToI32(b, b.CreateIsNotNull(b.CreateExtractElement(
                      b.AsLanes(pairs, Shape::kI64x2), uint64_t{0})));
}

// The least lane tells whether one is 0, except that UMINV has no 64-bit lanes.
llvm::Value* LowerAllTrue(CodeBuilder& b, Shape shape, llvm::Value* x) {
  if (shape == Shape::kI64x2) return nullptr;
  return ToI32(b,
               b.CreateIsNotNull(b.CreateIntMinReduce(x, /*IsSigned=*/false)));
}

// With two lanes scalar code needs no constant of lane numbers.
llvm::Value* LowerBitmask(CodeBuilder& b, Shape shape, llvm::Value* x) {
  if (shape != Shape::kI64x2) return nullptr;
  llvm::Value* low = b.CreateLShr(b.CreateExtractElement(x, uint64_t{0}), 63);
  llvm::Value* high = b.CreateLShr(b.CreateExtractElement(x, uint64_t{1}), 63);
  return b.CreateTrunc(b.CreateOr(low, b.CreateShl(high, 1)), b.getInt32Ty());
}

llvm::Value* LowerExtAddPairwise(CodeBuilder& b, Verb verb, Shape shape,
                                 llvm::Value* x) {
  llvm::Value* narrow =
      b.AsLanes(x, shape == Shape::kI16x8 ? Shape::kI8x16 : Shape::kI16x8);
  return b.CreateIntrinsic(verb == Verb::kExtAddPairwiseS
                               ? Intrinsic::aarch64_neon_saddlp
                               : Intrinsic::aarch64_neon_uaddlp,
                           {b.TypeOf(shape), narrow->getType()}, {narrow});
}

// By way of 64-bit integers, from which the narrowing saturates again.
llvm::Value* LowerTruncSatZero(CodeBuilder& b, Verb verb,
                               llvm::Value* operand) {
  const bool is_signed = verb == Verb::kTruncSatZeroS;
  llvm::Value* x = b.AsLanes(operand, Shape::kF64x2);
  llvm::Value* wide = b.CreateIntrinsic(
      is_signed ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat,
      {b.TypeOf(Shape::kI64x2), x->getType()}, {x});
  llvm::Type* two = llvm::FixedVectorType::get(b.getInt32Ty(), 2);
  llvm::Value* low = b.CreateIntrinsic(
      is_signed ? Intrinsic::aarch64_neon_sqxtn : Intrinsic::aarch64_neon_uqxtn,
      {two}, {wide});
  return b.CreateShuffleVector(low, llvm::Constant::getNullValue(two),
                               {0, 1, 2, 3});
}

llvm::Value* LowerRelaxedDotAdd(CodeBuilder& b,
                                absl::Span<llvm::Value* const> x) {
  if (b.target().HasFeature("dotprod")) {
    return b.CreateIntrinsic(
        Intrinsic::aarch64_neon_sdot,
        {b.TypeOf(Shape::kI32x4), b.TypeOf(Shape::kI8x16)},
        {x[2], b.AsLanes(x[0], Shape::kI8x16), b.AsLanes(x[1], Shape::kI8x16)});
  }
  llvm::Value* pairs =
      LowerVectorWidth(b, Verb::kDot, Shape::kI16x8, x.first(2));
  return b.CreateAdd(
      LowerExtAddPairwise(b, Verb::kExtAddPairwiseS, Shape::kI32x4, pairs),
      x[2]);
}

}  // namespace

llvm::Value* LowerVectorForAArch64(CodeBuilder& builder, Verb verb, Shape shape,
                                   absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kAnyTrue:
      return LowerAnyTrue(b, x[0]);
    case Verb::kAllTrue:
      return LowerAllTrue(b, shape, x[0]);
    case Verb::kBitmask:
      return LowerBitmask(b, shape, x[0]);
    // TBL gives 0 for indices out of range.
    case Verb::kSwizzle:
      return b.CreateIntrinsic(Intrinsic::aarch64_neon_tbl1, {b.TypeOf(shape)},
                               {x[0], x[1]});
    case Verb::kQ15MulrSatS:
      return b.CreateIntrinsic(Intrinsic::aarch64_neon_sqrdmulh,
                               {b.TypeOf(shape)}, {x[0], x[1]});
    case Verb::kExtAddPairwiseS:
    case Verb::kExtAddPairwiseU:
      return LowerExtAddPairwise(b, verb, shape, x[0]);
    case Verb::kTruncSatZeroS:
    case Verb::kTruncSatZeroU:
      return LowerTruncSatZero(b, verb, x[0]);
    case Verb::kRelaxedDotAdd:
      return LowerRelaxedDotAdd(b, x);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
