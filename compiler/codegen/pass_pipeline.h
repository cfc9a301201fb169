// What LLVM does to a module's IR before it selects instructions.
#ifndef WASIJIT_COMPILER_CODEGEN_PASS_PIPELINE_H_
#define WASIJIT_COMPILER_CODEGEN_PASS_PIPELINE_H_

#include "compiler/codegen/optimization_level.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Target/TargetMachine.h"

namespace wasijit::compiler {

// The effort of instruction selection and register allocation at a level.
llvm::CodeGenOptLevel CodeGenLevel(OptimizationLevel level);

// Runs the IR passes of a level. None of them may move a load past a call that
// it precedes: a load may be a trap (see compiler/lowering).
void OptimizeModule(llvm::Module& module, llvm::TargetMachine& machine,
                    OptimizationLevel level);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_PASS_PIPELINE_H_
