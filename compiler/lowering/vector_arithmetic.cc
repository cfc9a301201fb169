#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

namespace Intrinsic = llvm::Intrinsic;

// (x + y + 1) / 2 without overflow, in lanes of twice the width; LLVM knows it
// as one instruction.
llvm::Value* LowerAverage(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  llvm::Type* wide = llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(x->getType()));
  llvm::Value* one = llvm::ConstantInt::get(wide, 1);
  llvm::Value* sum = b.CreateAdd(b.CreateZExt(x, wide), b.CreateZExt(y, wide));
  return b.CreateTrunc(b.CreateLShr(b.CreateAdd(sum, one), one), x->getType());
}

}  // namespace

llvm::Value* LowerVectorArithmetic(CodeBuilder& builder, Verb verb,
                                   Shape /*shape*/,
                                   absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kAddSatS:
      return b.CreateBinaryIntrinsic(Intrinsic::sadd_sat, x[0], x[1]);
    case Verb::kAddSatU:
      return b.CreateBinaryIntrinsic(Intrinsic::uadd_sat, x[0], x[1]);
    case Verb::kSubSatS:
      return b.CreateBinaryIntrinsic(Intrinsic::ssub_sat, x[0], x[1]);
    case Verb::kSubSatU:
      return b.CreateBinaryIntrinsic(Intrinsic::usub_sat, x[0], x[1]);
    case Verb::kMinS:
      return b.CreateBinaryIntrinsic(Intrinsic::smin, x[0], x[1]);
    case Verb::kMinU:
      return b.CreateBinaryIntrinsic(Intrinsic::umin, x[0], x[1]);
    case Verb::kMaxS:
      return b.CreateBinaryIntrinsic(Intrinsic::smax, x[0], x[1]);
    case Verb::kMaxU:
      return b.CreateBinaryIntrinsic(Intrinsic::umax, x[0], x[1]);
    case Verb::kAvgrU:
      return LowerAverage(b, x[0], x[1]);
    // The first operand unless the second is less (greater): no rule for NaN
    // or zeros (specification, 4.3.3 fpmin, fpmax).
    case Verb::kPMin:
      return b.CreateSelect(b.CreateFCmpOLT(x[1], x[0]), x[1], x[0]);
    case Verb::kPMax:
      return b.CreateSelect(b.CreateFCmpOLT(x[0], x[1]), x[1], x[0]);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
