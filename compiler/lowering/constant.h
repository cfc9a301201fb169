// Constants.
#ifndef WASIJIT_COMPILER_LOWERING_CONSTANT_H_
#define WASIJIT_COMPILER_LOWERING_CONSTANT_H_

#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The number or vector that the instruction holds, every bit of it.
llvm::Value* LowerConstant(CodeBuilder& builder,
                           const Instruction& instruction);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CONSTANT_H_
