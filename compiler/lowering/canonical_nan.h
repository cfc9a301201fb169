// The one NaN that deterministic code computes.
#ifndef WASIJIT_COMPILER_LOWERING_CANONICAL_NAN_H_
#define WASIJIT_COMPILER_LOWERING_CANONICAL_NAN_H_

#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The result of a numeric or vector instruction; if code is to be
// deterministic, with the positive canonical NaN in place of the NaNs whose
// sign and payload the specification leaves open.
llvm::Value* WithCanonicalNans(CodeBuilder& builder,
                               const InstructionInfo& info,
                               llvm::Value* result);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CANONICAL_NAN_H_
