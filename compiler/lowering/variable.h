// Globals.
#ifndef WASIJIT_COMPILER_LOWERING_VARIABLE_H_
#define WASIJIT_COMPILER_LOWERING_VARIABLE_H_

#include <cstdint>

#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

llvm::Value* LowerGlobalGet(CodeBuilder& builder, uint32_t global);
void LowerGlobalSet(CodeBuilder& builder, uint32_t global, llvm::Value* value);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_VARIABLE_H_
