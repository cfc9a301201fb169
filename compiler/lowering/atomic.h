// Atomic accesses of linear memory, waiting and notifying.
#ifndef WASIJIT_COMPILER_LOWERING_ATOMIC_H_
#define WASIJIT_COMPILER_LOWERING_ATOMIC_H_

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The result, or null if the instruction has none.
// REQUIRES: IsAtomic(instruction.verb()).
llvm::Value* LowerAtomic(CodeBuilder& builder, const Instruction& instruction,
                         absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_ATOMIC_H_
