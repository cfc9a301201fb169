#include "compiler/lowering/float_min_max.h"

#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/numeric.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

namespace Intrinsic = llvm::Intrinsic;

// MINPS and MAXPS and their kin: the second operand if either is NaN or both
// are zeros.
llvm::Value* MachineMinMax(CodeBuilder& b, bool is_min, llvm::Value* x,
                           llvm::Value* y) {
  return b.CreateSelect(is_min ? b.CreateFCmpOLT(x, y) : b.CreateFCmpOGT(x, y),
                        x, y);
}

// VRANGE knows the order of zeros.
llvm::Value* MachineRange(CodeBuilder& b, bool is_min, llvm::Value* x,
                          llvm::Value* y) {
  // Bits 0 and 1: minimum or maximum; 2 and 3: with its sign.
  llvm::Value* selection = b.getInt32(is_min ? 0b0100 : 0b0101);
  const bool is_single = x->getType()->getScalarType()->isFloatTy();
  return b.CreateIntrinsic(
      is_single ? Intrinsic::x86_avx512_mask_range_ps_128
                : Intrinsic::x86_avx512_mask_range_pd_128,
      {x, y, selection, llvm::PoisonValue::get(x->getType()), b.getInt8(-1)});
}

// The lesser (greater) of two numbers, where -0 is less than +0.
llvm::Value* OrderedMinMax(CodeBuilder& b, bool is_min, llvm::Value* x,
                           llvm::Value* y) {
  llvm::Type* type = x->getType();
  if (type->isVectorTy() && b.target().HasFeature("avx512vl") &&
      b.target().HasFeature("avx512dq")) {
    return MachineRange(b, is_min, x, y);
  }
  // Both orders differ only for zeros, whose signs have to be combined.
  llvm::Type* bits =
      type->getWithNewType(b.getIntNTy(type->getScalarSizeInBits()));
  llvm::Value* one = b.CreateBitCast(MachineMinMax(b, is_min, x, y), bits);
  llvm::Value* other = b.CreateBitCast(MachineMinMax(b, is_min, y, x), bits);
  return b.CreateBitCast(
      is_min ? b.CreateOr(one, other) : b.CreateAnd(one, other), type);
}

// For operands of which one is NaN. A sum with -0 would be reduced to the other
// operand, and leave it signalling.
llvm::Value* QuietNan(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  using llvm::PatternMatch::m_NegZeroFP;
  using llvm::PatternMatch::match;
  if (match(x, m_NegZeroFP())) return Canonicalize(b, y);
  if (match(y, m_NegZeroFP())) return Canonicalize(b, x);
  return b.CreateFAdd(x, y);
}

}  // namespace

llvm::Value* LowerFloatMinMax(CodeBuilder& builder, Verb verb, llvm::Value* x,
                              llvm::Value* y) {
  CodeBuilder& b = builder;
  const bool is_min = verb == Verb::kMin;
  // For x86-64 LLVM makes minimum and maximum one instruction shorter, and
  // leaves a signalling NaN as it is.
  if (!b.IsX86()) {
    return b.CreateBinaryIntrinsic(
        is_min ? Intrinsic::minimum : Intrinsic::maximum, x, y);
  }
  return b.CreateSelect(b.CreateFCmpUNO(x, y), QuietNan(b, x, y),
                        OrderedMinMax(b, is_min, x, y));
}

}  // namespace wasijit::compiler
