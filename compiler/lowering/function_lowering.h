// Lowers one function body.
#ifndef WASIJIT_COMPILER_LOWERING_FUNCTION_LOWERING_H_
#define WASIJIT_COMPILER_LOWERING_FUNCTION_LOWERING_H_

#include <cstdint>

#include "compiler/lowering/module_lowering.h"
#include "llvm/IR/Function.h"

namespace wasijit::compiler {

// Fills the empty `target` with the code of a defined function of the module.
void LowerBody(ModuleLowering& lowering, uint32_t function,
               llvm::Function* target);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_FUNCTION_LOWERING_H_
