// Computes addresses in loops with 64 bits where they cannot wrap at 32.
#ifndef WASIJIT_COMPILER_CODEGEN_LOOP_ADDRESSES_H_
#define WASIJIT_COMPILER_CODEGEN_LOOP_ADDRESSES_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {

// Compilers to WebAssembly like loops that count up from a negative number to
// zero and add the address of an array's end: the sum wraps as an unsigned
// number, so LLVM neither sees a linear address nor vectorises. As signed
// numbers nothing wraps. Where scalar evolution proves that (from the loops'
// trip counts) and that the sum is not negative, the pass extends the terms
// instead of the sum.
//
// It claims nothing: the instructions it makes have no wrap flags. It has to
// run before the loops' variables are widened, which hides the trip counts.
class LoopAddressesPass : public llvm::PassInfoMixin<LoopAddressesPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_LOOP_ADDRESSES_H_
