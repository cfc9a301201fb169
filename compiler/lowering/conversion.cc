#include "compiler/lowering/conversion.h"

#include <cmath>

#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/numeric.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/trap.h"

namespace wasijit::compiler {
namespace {

// Whether trunc(x) is representable (specification, 4.3.2 trunc_u, trunc_s).
// False for NaN.
llvm::Value* IsInRange(CodeBuilder& b, llvm::Value* x, llvm::Type* integer,
                       bool is_signed) {
  const int width = static_cast<int>(integer->getIntegerBitWidth());
  const int mantissa = x->getType()->getFPMantissaWidth();
  llvm::Value* too_large = llvm::ConstantFP::get(
      x->getType(), std::ldexp(1.0, is_signed ? width - 1 : width));
  llvm::Value* below_max = b.CreateFCmpOLT(x, too_large);
  if (!is_signed) {
    llvm::Value* minus_one = llvm::ConstantFP::get(x->getType(), -1.0);
    return b.CreateAnd(b.CreateFCmpOGT(x, minus_one), below_max);
  }
  // The next float below the least integer is too small by more than a
  // fraction unless the mantissa has room for one.
  const double min = -std::ldexp(1.0, width - 1);
  llvm::Value* above_min =
      mantissa > width
          ? b.CreateFCmpOGT(x, llvm::ConstantFP::get(x->getType(), min - 1))
          : b.CreateFCmpOGE(x, llvm::ConstantFP::get(x->getType(), min));
  return b.CreateAnd(above_min, below_max);
}

llvm::Value* LowerTrunc(CodeBuilder& b, llvm::Value* x, llvm::Type* integer,
                        bool is_signed) {
  llvm::BasicBlock* fails = b.NewBlock("trunc.fails");
  llvm::BasicBlock* proceed = b.NewBlock("ok");
  b.CreateCondBr(b.CreateNot(IsInRange(b, x, integer, is_signed)), fails,
                 proceed, b.UnlikelyWeights());
  b.SetInsertPoint(fails);
  b.TrapIf(b.CreateFCmpUNO(x, x), TrapKind::kInvalidConversionToInteger);
  b.Trap(TrapKind::kIntegerOverflow);
  b.SetInsertPoint(proceed);
  return is_signed ? b.CreateFPToSI(x, integer) : b.CreateFPToUI(x, integer);
}

llvm::Value* SignExtendFrom(CodeBuilder& b, llvm::Value* x, unsigned width) {
  return b.CreateSExt(b.CreateTrunc(x, b.getIntNTy(width)), x->getType());
}

llvm::Value* LowerDemote(CodeBuilder& b, llvm::Value* x) {
  // LLVM would reduce the pair to its operand.
  if (auto* promotion = llvm::dyn_cast<llvm::FPExtInst>(x)) {
    return Canonicalize(b, promotion->getOperand(0));
  }
  return b.CreateFPTrunc(x, b.getFloatTy());
}

}  // namespace

llvm::Value* LowerConversion(CodeBuilder& builder, Verb verb, Shape shape,
                             llvm::Value* operand) {
  CodeBuilder& b = builder;
  llvm::Value* x = operand;
  llvm::Type* type = b.TypeOf(shape);
  switch (verb) {
    case Verb::kWrap:
      return b.CreateTrunc(x, type);
    case Verb::kExtendS:
      return b.CreateSExt(x, type);
    case Verb::kExtendU:
      return b.CreateZExt(x, type);
    case Verb::kExtend8S:
      return SignExtendFrom(b, x, 8);
    case Verb::kExtend16S:
      return SignExtendFrom(b, x, 16);
    case Verb::kExtend32S:
      return SignExtendFrom(b, x, 32);
    case Verb::kTruncS:
      return LowerTrunc(b, x, type, /*is_signed=*/true);
    case Verb::kTruncU:
      return LowerTrunc(b, x, type, /*is_signed=*/false);
    case Verb::kTruncSatS:
      return b.CreateIntrinsic(llvm::Intrinsic::fptosi_sat,
                               {type, x->getType()}, {x});
    case Verb::kTruncSatU:
      return b.CreateIntrinsic(llvm::Intrinsic::fptoui_sat,
                               {type, x->getType()}, {x});
    case Verb::kConvertS:
      return b.CreateSIToFP(x, type);
    case Verb::kConvertU:
      return b.CreateUIToFP(x, type);
    case Verb::kDemote:
      return LowerDemote(b, x);
    case Verb::kPromote:
      return b.CreateFPExt(x, type);
    case Verb::kReinterpret:
      return b.CreateBitCast(x, type);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
