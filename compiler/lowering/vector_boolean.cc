#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

llvm::Value* ToI32(CodeBuilder& b, llvm::Value* bits) {
  return b.CreateZExt(bits, b.getInt32Ty());
}

llvm::Value* LowerAnyTrue(CodeBuilder& b, llvm::Value* x) {
  return ToI32(b, b.CreateIsNotNull(b.CreateBitCast(x, b.getInt128Ty())));
}

llvm::Value* LowerAllTrue(CodeBuilder& b, llvm::Value* x) {
  return ToI32(b, b.CreateAndReduce(b.CreateIsNotNull(x)));
}

// The sign bits of the lanes, lane 0 lowest.
llvm::Value* LowerBitmask(CodeBuilder& b, Shape shape, llvm::Value* x) {
  llvm::Value* is_negative =
      b.CreateICmpSLT(x, llvm::Constant::getNullValue(x->getType()));
  return ToI32(b, b.CreateBitCast(is_negative, b.getIntNTy(LaneCount(shape))));
}

}  // namespace

llvm::Value* LowerVectorBoolean(CodeBuilder& builder, Verb verb, Shape shape,
                                absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kNot:
      return b.CreateNot(x[0]);
    case Verb::kAndNot:
      return b.CreateAnd(x[0], b.CreateNot(x[1]));
    case Verb::kBitselect:
      return b.CreateOr(b.CreateAnd(x[0], x[2]),
                        b.CreateAnd(x[1], b.CreateNot(x[2])));
    case Verb::kAnyTrue:
      return LowerAnyTrue(b, x[0]);
    case Verb::kAllTrue:
      return LowerAllTrue(b, x[0]);
    case Verb::kBitmask:
      return LowerBitmask(b, shape, x[0]);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
