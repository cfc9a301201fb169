// From a batch of functions to one optimised LLVM module.
#ifndef WASIJIT_COMPILER_JIT_BATCH_LOWERING_H_
#define WASIJIT_COMPILER_JIT_BATCH_LOWERING_H_

#include <memory>

#include "compiler/jit/batches.h"
#include "compiler/lowering/module_lowering.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace wasijit::compiler {

// Lowers the batch's functions, and small functions that they call for
// inlining.
std::unique_ptr<llvm::Module> LowerBatch(const LoweringInput& input,
                                         const Batch& batch,
                                         llvm::LLVMContext& context);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_BATCH_LOWERING_H_
