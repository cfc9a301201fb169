#include "compiler/lowering/constant.h"

#include "compiler/lowering/vector.h"
#include "compiler/syntax/verb.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Type.h"

namespace wasijit::compiler {

llvm::Value* LowerConstant(CodeBuilder& builder,
                           const Instruction& instruction) {
  const Shape shape = instruction.info().shape;
  if (IsVector(shape)) return LowerVector(builder, instruction, {});
  llvm::Type* type = builder.TypeOf(shape);
  switch (shape) {
    case Shape::kF32:
      return llvm::ConstantFP::get(
          type, llvm::APFloat(llvm::APFloat::IEEEsingle(),
                              llvm::APInt(32, instruction.bits)));
    case Shape::kF64:
      return llvm::ConstantFP::get(
          type, llvm::APFloat(llvm::APFloat::IEEEdouble(),
                              llvm::APInt(64, instruction.bits)));
    default:
      return llvm::ConstantInt::get(type, instruction.bits);
  }
}

}  // namespace wasijit::compiler
