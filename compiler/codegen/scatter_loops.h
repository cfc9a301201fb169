// Keeps the loop vectoriser away from loops that would have to scatter.
#ifndef WASIJIT_COMPILER_CODEGEN_SCATTER_LOOPS_H_
#define WASIJIT_COMPILER_CODEGEN_SCATTER_LOOPS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {

// Marks innermost loops as not to be vectorised in which a store's address
// moves by something else than a constant. The vectoriser would compute the
// addresses as a vector, which WebAssembly's wrapping 32-bit addresses force it
// to do, only to take them apart again for one store each, and its cost model
// does not see that: a sieve of Eratosthenes takes twice as long.
class ScatterLoopsPass : public llvm::PassInfoMixin<ScatterLoopsPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_SCATTER_LOOPS_H_
