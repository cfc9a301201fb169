#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/numeric.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// Whether x * y + z with one rounding is an instruction rather than a call.
bool HasFusedMultiplyAdd(CodeBuilder& b) {
  return !b.IsX86() || b.target().HasFeature("fma");
}

// x * y + z, fused or not: the same for all code of a target, and for all
// targets, some of which cannot fuse, when code is to be deterministic.
llvm::Value* MultiplyAdd(CodeBuilder& b, Shape shape, llvm::Value* x,
                         llvm::Value* y, llvm::Value* z) {
  if (HasFusedMultiplyAdd(b) && !b.IsDeterministic()) {
    return b.CreateIntrinsic(llvm::Intrinsic::fma, {x->getType()}, {x, y, z});
  }
  return LowerNumeric(b, Verb::kAdd, shape,
                      {LowerNumeric(b, Verb::kMul, shape, {x, y}), z});
}

// Of signed bytes; the sums of two products wrap.
llvm::Value* DotAdd(CodeBuilder& b, absl::Span<llvm::Value* const> x) {
  llvm::Value* pairs = LowerVectorWidth(
      b, Verb::kDot, Shape::kI16x8,
      {b.AsLanes(x[0], Shape::kI16x8), b.AsLanes(x[1], Shape::kI16x8)});
  llvm::Value* sums = LowerVectorWidth(b, Verb::kExtAddPairwiseS, Shape::kI32x4,
                                       {b.AsLanes(pairs, Shape::kI32x4)});
  return b.CreateAdd(sums, x[2]);
}

}  // namespace

llvm::Value* LowerVectorRelaxed(CodeBuilder& builder, Verb verb, Shape shape,
                                absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kRelaxedMadd:
      return MultiplyAdd(b, shape, x[0], x[1], x[2]);
    case Verb::kRelaxedNmadd:
      return MultiplyAdd(b, shape, b.CreateFNeg(x[0]), x[1], x[2]);
    case Verb::kRelaxedDot:
      return LowerVectorWidth(b, Verb::kDot, Shape::kI16x8, x);
    case Verb::kRelaxedDotAdd:
      return DotAdd(b, x);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
