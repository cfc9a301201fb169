#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/numeric.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

llvm::Value* LowHalf(CodeBuilder& b, llvm::Value* x, Shape shape) {
  return b.CreateShuffleVector(b.AsLanes(x, shape), {0, 1});
}

// Two lanes below two zeros.
llvm::Value* AboveZeros(CodeBuilder& b, llvm::Value* low) {
  return b.CreateShuffleVector(
      low, llvm::Constant::getNullValue(low->getType()), {0, 1, 2, 3});
}

llvm::Value* Saturate(CodeBuilder& b, llvm::Value* x, llvm::Type* integer,
                      bool is_signed) {
  return b.CreateIntrinsic(
      is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
      {integer, x->getType()}, {x});
}

llvm::Value* LowerTruncSatZero(CodeBuilder& b, llvm::Value* x, bool is_signed) {
  llvm::Type* two = llvm::FixedVectorType::get(b.getInt32Ty(), 2);
  return AboveZeros(b,
                    Saturate(b, b.AsLanes(x, Shape::kF64x2), two, is_signed));
}

llvm::Value* LowerDemote(CodeBuilder& b, llvm::Value* x) {
  x = b.AsLanes(x, Shape::kF64x2);
  // LLVM would reduce the pair to its operand, leaving a signalling NaN
  // signalling.
  if (auto* promotion = llvm::dyn_cast<llvm::FPExtInst>(x)) {
    return AboveZeros(b, Canonicalize(b, promotion->getOperand(0)));
  }
  return AboveZeros(
      b, b.CreateFPTrunc(x, llvm::FixedVectorType::get(b.getFloatTy(), 2)));
}

}  // namespace

llvm::Value* LowerVectorConversion(CodeBuilder& builder, Verb verb, Shape shape,
                                   absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  llvm::Type* type = b.TypeOf(shape);
  switch (verb) {
    case Verb::kTruncSatS:
      return Saturate(b, b.AsLanes(x[0], Shape::kF32x4), type,
                      /*is_signed=*/true);
    case Verb::kTruncSatU:
      return Saturate(b, b.AsLanes(x[0], Shape::kF32x4), type,
                      /*is_signed=*/false);
    case Verb::kTruncSatZeroS:
      return LowerTruncSatZero(b, x[0], /*is_signed=*/true);
    case Verb::kTruncSatZeroU:
      return LowerTruncSatZero(b, x[0], /*is_signed=*/false);
    case Verb::kConvertS:
      return b.CreateSIToFP(b.AsLanes(x[0], Shape::kI32x4), type);
    case Verb::kConvertU:
      return b.CreateUIToFP(b.AsLanes(x[0], Shape::kI32x4), type);
    case Verb::kConvertLowS:
      return b.CreateSIToFP(LowHalf(b, x[0], Shape::kI32x4), type);
    case Verb::kConvertLowU:
      return b.CreateUIToFP(LowHalf(b, x[0], Shape::kI32x4), type);
    case Verb::kDemoteZero:
      return LowerDemote(b, x[0]);
    case Verb::kPromoteLow:
      return b.CreateFPExt(LowHalf(b, x[0], Shape::kF32x4), type);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
