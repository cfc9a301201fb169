// Blocks as fast instruction selection likes them.
#ifndef WASIJIT_COMPILER_CODEGEN_SHORT_BLOCKS_H_
#define WASIJIT_COMPILER_CODEGEN_SHORT_BLOCKS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {

// FastISel selects a block from its end. At the first instruction that it does
// not know it leaves everything before it in the block to SelectionDAG, which
// is several times slower, and superlinear in the length of a block, as fast
// register allocation is. The pass splits blocks before such terminators
// (returns in our calling convention, switches, invokes), and when they are
// very long.
class ShortBlocksPass : public llvm::PassInfoMixin<ShortBlocksPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_SHORT_BLOCKS_H_
