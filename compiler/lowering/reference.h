// References: making, testing and converting them. Branches on them are
// function_lowering's.
#ifndef WASIJIT_COMPILER_LOWERING_REFERENCE_H_
#define WASIJIT_COMPILER_LOWERING_REFERENCE_H_

#include <cstddef>
#include <vector>

#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// How many operands an instruction on references, structures or arrays takes.
size_t ReferenceOperandCount(const Module& module,
                             const Instruction& instruction);

// The results of such an instruction.
Values LowerReferenceInstruction(CodeBuilder& builder,
                                 const Instruction& instruction,
                                 const Values& operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_REFERENCE_H_
