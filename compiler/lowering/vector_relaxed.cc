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

// x * y + z, fused or not: the same for all code of a target.
llvm::Value* MultiplyAdd(CodeBuilder& b, Shape shape, llvm::Value* x,
                         llvm::Value* y, llvm::Value* z) {
  if (HasFusedMultiplyAdd(b)) {
    return b.CreateIntrinsic(llvm::Intrinsic::fma, {x->getType()}, {x, y, z});
  }
  return LowerNumeric(b, Verb::kAdd, shape,
                      {LowerNumeric(b, Verb::kMul, shape, {x, y}), z});
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
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
