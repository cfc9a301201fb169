#include "compiler/lowering/canonical_nan.h"

#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"

namespace wasijit::compiler {
namespace {

// Whether the specification lets a NaN that the operation makes differ. Others
// that have float results pass on bits: abs, pmin and so on.
bool MayDiffer(Verb verb) {
  switch (verb) {
    case Verb::kAdd:
    case Verb::kSub:
    case Verb::kMul:
    case Verb::kDiv:
    case Verb::kSqrt:
    case Verb::kCeil:
    case Verb::kFloor:
    case Verb::kTrunc:
    case Verb::kNearest:
    case Verb::kMin:
    case Verb::kMax:
    case Verb::kDemote:
    case Verb::kPromote:
    case Verb::kDemoteZero:
    case Verb::kPromoteLow:
    case Verb::kRelaxedMin:
    case Verb::kRelaxedMax:
    case Verb::kRelaxedMadd:
    case Verb::kRelaxedNmadd:
      return true;
    default:
      return false;
  }
}

// Whether lanes are NaNs. For square roots told by their bits: LLVM takes a
// choice of NaN where the operand is negative for the root itself.
llvm::Value* IsNan(CodeBuilder& b, Verb verb, llvm::Value* lanes) {
  if (verb != Verb::kSqrt) return b.CreateFCmpUNO(lanes, lanes);
  llvm::Type* type = lanes->getType();
  llvm::Type* bits_type =
      type->getWithNewType(b.getIntNTy(type->getScalarSizeInBits()));
  const auto bits_of = [&](llvm::Constant* constant) {
    return b.CreateBitCast(constant, bits_type);
  };
  llvm::Value* magnitude = b.CreateAnd(
      b.CreateBitCast(lanes, bits_type),
      b.CreateNot(bits_of(llvm::ConstantFP::getNegativeZero(type))));
  return b.CreateICmpUGT(magnitude,
                         bits_of(llvm::ConstantFP::getInfinity(type)));
}

}  // namespace

llvm::Value* WithCanonicalNans(CodeBuilder& builder,
                               const InstructionInfo& info,
                               llvm::Value* result) {
  CodeBuilder& b = builder;
  if (!b.IsDeterministic() || !IsFloat(info.shape) || !MayDiffer(info.verb)) {
    return result;
  }
  llvm::Value* lanes = b.AsLanes(result, info.shape);
  llvm::Value* canonical =
      b.CreateSelect(IsNan(b, info.verb, lanes),
                     llvm::ConstantFP::getQNaN(lanes->getType()), lanes);
  return IsVector(info.shape) ? b.AsV128(canonical) : canonical;
}

}  // namespace wasijit::compiler
