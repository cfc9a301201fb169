// Structures and arrays.
#ifndef WASIJIT_COMPILER_LOWERING_GC_AGGREGATE_H_
#define WASIJIT_COMPILER_LOWERING_GC_AGGREGATE_H_

#include <cstddef>
#include <cstdint>

#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Value.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// How many operands an instruction on structures or arrays takes.
size_t AggregateOperandCount(const Module& module,
                             const Instruction& instruction);

// The descriptor of an object of a type of the module; traps on null.
llvm::Value* LowerGetDescriptor(CodeBuilder& builder, uint32_t type,
                                llvm::Value* reference);

// The results of such an instruction.
Values LowerAggregate(CodeBuilder& builder, const Instruction& instruction,
                      const Values& operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_GC_AGGREGATE_H_
