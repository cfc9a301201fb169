// Loads that have to happen although nothing uses what they load.
#ifndef WASIJIT_COMPILER_LOWERING_DEAD_LOADS_H_
#define WASIJIT_COMPILER_LOWERING_DEAD_LOADS_H_

#include "absl/types/span.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"

namespace wasijit::compiler {

// Makes those of `loads` volatile whose values nothing needs as `function`
// stands now: dropped, or in a local that is not read again. They would be
// deleted, and with them the trap that they may be.
void KeepDeadLoads(llvm::Function& function,
                   absl::Span<llvm::LoadInst* const> loads);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_DEAD_LOADS_H_
