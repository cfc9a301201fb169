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

// Fills `target` with the code of the function from the head of a loop on,
// which the offset of its instruction names. It takes the place of code of the
// function that runs and counts (counter.h), and receives its state. Of
// `draft`, which is empty too, nothing is to be kept. REQUIRES: the loop can be
// reached.
void LowerBodyFrom(ModuleLowering& lowering, uint32_t function, uint32_t loop,
                   llvm::Function* draft, llvm::Function* target);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_FUNCTION_LOWERING_H_
