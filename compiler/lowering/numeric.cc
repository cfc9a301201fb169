#include "compiler/lowering/numeric.h"

#include <optional>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/float_min_max.h"
#include "compiler/syntax/verb.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/trap.h"

namespace wasijit::compiler {
namespace {

using llvm::CmpInst;
namespace Intrinsic = llvm::Intrinsic;

std::optional<CmpInst::Predicate> ComparisonPredicate(Verb verb,
                                                      bool is_float) {
  switch (verb) {
    case Verb::kEq:
      return is_float ? CmpInst::FCMP_OEQ : CmpInst::ICMP_EQ;
    case Verb::kNe:
      return is_float ? CmpInst::FCMP_UNE : CmpInst::ICMP_NE;
    case Verb::kLt:
      return CmpInst::FCMP_OLT;
    case Verb::kGt:
      return CmpInst::FCMP_OGT;
    case Verb::kLe:
      return CmpInst::FCMP_OLE;
    case Verb::kGe:
      return CmpInst::FCMP_OGE;
    case Verb::kLtS:
      return CmpInst::ICMP_SLT;
    case Verb::kLtU:
      return CmpInst::ICMP_ULT;
    case Verb::kGtS:
      return CmpInst::ICMP_SGT;
    case Verb::kGtU:
      return CmpInst::ICMP_UGT;
    case Verb::kLeS:
      return CmpInst::ICMP_SLE;
    case Verb::kLeU:
      return CmpInst::ICMP_ULE;
    case Verb::kGeS:
      return CmpInst::ICMP_SGE;
    case Verb::kGeU:
      return CmpInst::ICMP_UGE;
    default:
      return std::nullopt;
  }
}

// i32 0 or 1; for vectors all bits of a lane.
llvm::Value* TruthValue(CodeBuilder& b, llvm::Value* condition, Shape shape) {
  if (!IsVector(shape)) return b.CreateZExt(condition, b.getInt32Ty());
  llvm::Type* lanes = llvm::VectorType::getInteger(
      llvm::cast<llvm::VectorType>(b.TypeOf(shape)));
  return b.CreateSExt(condition, lanes);
}

// Shift counts are modulo the width (specification, 4.3.2); the count of a
// vector shift is an i32 for all lanes.
llvm::Value* ShiftCount(CodeBuilder& b, llvm::Value* count, llvm::Type* type) {
  const unsigned width = type->getScalarSizeInBits();
  llvm::Value* masked =
      b.CreateAnd(count, llvm::ConstantInt::get(count->getType(), width - 1));
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    return b.CreateVectorSplat(
        vector->getNumElements(),
        b.CreateZExtOrTrunc(masked, vector->getElementType()));
  }
  return masked;
}

llvm::Value* LowerDivision(CodeBuilder& b, Verb verb, llvm::Value* x,
                           llvm::Value* y) {
  llvm::Type* type = x->getType();
  llvm::Value* minus_one = llvm::Constant::getAllOnesValue(type);
  b.TrapIf(b.CreateICmpEQ(y, llvm::Constant::getNullValue(type)),
           TrapKind::kIntegerDivideByZero);
  switch (verb) {
    case Verb::kDivS: {
      llvm::Value* min = llvm::ConstantInt::get(
          type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
      b.TrapIf(
          b.CreateAnd(b.CreateICmpEQ(x, min), b.CreateICmpEQ(y, minus_one)),
          TrapKind::kIntegerOverflow);
      return b.CreateSDiv(x, y);
    }
    case Verb::kDivU:
      return b.CreateUDiv(x, y);
    case Verb::kRemS: {
      // x rem -1 is 0 for every x, as is x rem 1; the machine's division would
      // overflow for the least x.
      llvm::Value* divisor = b.CreateSelect(b.CreateICmpEQ(y, minus_one),
                                            llvm::ConstantInt::get(type, 1), y);
      return b.CreateSRem(x, divisor);
    }
    default:
      return b.CreateURem(x, y);
  }
}

llvm::Value* LowerInteger(CodeBuilder& b, Verb verb, llvm::Type* type,
                          absl::Span<llvm::Value* const> x) {
  switch (verb) {
    case Verb::kClz:
      return b.CreateIntrinsic(type, Intrinsic::ctlz, {x[0], b.getFalse()});
    case Verb::kCtz:
      return b.CreateIntrinsic(type, Intrinsic::cttz, {x[0], b.getFalse()});
    case Verb::kPopcnt:
      return b.CreateUnaryIntrinsic(Intrinsic::ctpop, x[0]);
    case Verb::kAbs:
      return b.CreateBinaryIntrinsic(Intrinsic::abs, x[0], b.getFalse());
    case Verb::kNeg:
      return b.CreateNeg(x[0]);
    case Verb::kAdd:
      return b.CreateAdd(x[0], x[1]);
    case Verb::kSub:
      return b.CreateSub(x[0], x[1]);
    case Verb::kMul:
      return b.CreateMul(x[0], x[1]);
    case Verb::kDivS:
    case Verb::kDivU:
    case Verb::kRemS:
    case Verb::kRemU:
      return LowerDivision(b, verb, x[0], x[1]);
    case Verb::kAnd:
      return b.CreateAnd(x[0], x[1]);
    case Verb::kOr:
      return b.CreateOr(x[0], x[1]);
    case Verb::kXor:
      return b.CreateXor(x[0], x[1]);
    case Verb::kShl:
      return b.CreateShl(x[0], ShiftCount(b, x[1], type));
    case Verb::kShrS:
      return b.CreateAShr(x[0], ShiftCount(b, x[1], type));
    case Verb::kShrU:
      return b.CreateLShr(x[0], ShiftCount(b, x[1], type));
    case Verb::kRotl:
      return b.CreateIntrinsic(type, Intrinsic::fshl, {x[0], x[0], x[1]});
    case Verb::kRotr:
      return b.CreateIntrinsic(type, Intrinsic::fshr, {x[0], x[0], x[1]});
    default:
      return nullptr;
  }
}

bool IsConstant(llvm::Value* value, double constant) {
  const llvm::APFloat* found;
  return llvm::PatternMatch::match(value,
                                   llvm::PatternMatch::m_APFloat(found)) &&
         found->isExactlyValue(constant);
}

bool IsInfinity(llvm::Value* value, bool negative) {
  const llvm::APFloat* found;
  return llvm::PatternMatch::match(value,
                                   llvm::PatternMatch::m_APFloat(found)) &&
         found->isInfinity() && found->isNegative() == negative;
}

// Operations with a constant that LLVM would reduce to their other operand, or
// to its negation, leaving a signalling NaN signalling (specification, 4.3.3:
// arithmetic gives a quiet NaN). Null for all others.
llvm::Value* LowerFloatIdentity(CodeBuilder& b, Verb verb,
                                absl::Span<llvm::Value* const> x) {
  if (x.size() != 2) return nullptr;
  switch (verb) {
    case Verb::kMul:
      if (IsConstant(x[0], 1.0)) return Canonicalize(b, x[1]);
      if (IsConstant(x[0], -1.0)) return Canonicalize(b, b.CreateFNeg(x[1]));
      [[fallthrough]];
    case Verb::kDiv:
      if (IsConstant(x[1], 1.0)) return Canonicalize(b, x[0]);
      return IsConstant(x[1], -1.0) ? Canonicalize(b, b.CreateFNeg(x[0]))
                                    : nullptr;
    case Verb::kAdd:
      if (IsConstant(x[0], -0.0)) return Canonicalize(b, x[1]);
      return IsConstant(x[1], -0.0) ? Canonicalize(b, x[0]) : nullptr;
    case Verb::kSub:
      if (IsConstant(x[0], -0.0)) return Canonicalize(b, b.CreateFNeg(x[1]));
      return IsConstant(x[1], 0.0) ? Canonicalize(b, x[0]) : nullptr;
    case Verb::kMin:
    case Verb::kMax:
      if (IsInfinity(x[0], verb == Verb::kMax)) return Canonicalize(b, x[1]);
      return IsInfinity(x[1], verb == Verb::kMax) ? Canonicalize(b, x[0])
                                                  : nullptr;
    default:
      return nullptr;
  }
}

llvm::Value* LowerFloat(CodeBuilder& b, Verb verb,
                        absl::Span<llvm::Value* const> x) {
  if (llvm::Value* identity = LowerFloatIdentity(b, verb, x)) return identity;
  switch (verb) {
    case Verb::kAbs:
      return b.CreateUnaryIntrinsic(Intrinsic::fabs, x[0]);
    case Verb::kNeg:
      return b.CreateFNeg(x[0]);
    case Verb::kCeil:
      return b.CreateUnaryIntrinsic(Intrinsic::ceil, x[0]);
    case Verb::kFloor:
      return b.CreateUnaryIntrinsic(Intrinsic::floor, x[0]);
    case Verb::kTrunc:
      return b.CreateUnaryIntrinsic(Intrinsic::trunc, x[0]);
    case Verb::kNearest:
      return b.CreateUnaryIntrinsic(Intrinsic::roundeven, x[0]);
    case Verb::kSqrt:
      return b.CreateUnaryIntrinsic(Intrinsic::sqrt, x[0]);
    case Verb::kAdd:
      return b.CreateFAdd(x[0], x[1]);
    case Verb::kSub:
      return b.CreateFSub(x[0], x[1]);
    case Verb::kMul:
      return b.CreateFMul(x[0], x[1]);
    case Verb::kDiv:
      return b.CreateFDiv(x[0], x[1]);
    case Verb::kMin:
    case Verb::kMax:
      return LowerFloatMinMax(b, verb, x[0], x[1]);
    case Verb::kCopysign:
      return b.CreateBinaryIntrinsic(Intrinsic::copysign, x[0], x[1]);
    default:
      return nullptr;
  }
}

}  // namespace

llvm::Value* Canonicalize(CodeBuilder& builder, llvm::Value* x) {
  return builder.CreateUnaryIntrinsic(Intrinsic::canonicalize, x);
}

llvm::Value* LowerNumeric(CodeBuilder& builder, Verb verb, Shape shape,
                          absl::Span<llvm::Value* const> operands) {
  if (verb == Verb::kEqz) {
    return TruthValue(builder, builder.CreateIsNull(operands[0]), shape);
  }
  if (const auto predicate = ComparisonPredicate(verb, IsFloat(shape))) {
    return TruthValue(builder,
                      builder.CreateCmp(*predicate, operands[0], operands[1]),
                      shape);
  }
  return IsFloat(shape)
             ? LowerFloat(builder, verb, operands)
             : LowerInteger(builder, verb, builder.TypeOf(shape), operands);
}

}  // namespace wasijit::compiler
