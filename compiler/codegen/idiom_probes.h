// Lets loops that became calls of the C library trap.
#ifndef WASIJIT_COMPILER_CODEGEN_IDIOM_PROBES_H_
#define WASIJIT_COMPILER_CODEGEN_IDIOM_PROBES_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {

// LLVM makes memset, memcpy and memmove of loops and of sequences of stores.
// Out of bounds they would fault inside the C library, where no fault is a
// trap; so the last byte of each range is read first, which traps if any byte
// is out of bounds: the byte would have been accessed anyway, and nothing lies
// between a memory's end and what it could be. Ranges that are known to be in
// bounds carry kCheckedRangeMetadata.
class IdiomProbesPass : public llvm::PassInfoMixin<IdiomProbesPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_IDIOM_PROBES_H_
