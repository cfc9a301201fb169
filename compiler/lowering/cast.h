// Tests of what references refer to.
#ifndef WASIJIT_COMPILER_LOWERING_CAST_H_
#define WASIJIT_COMPILER_LOWERING_CAST_H_

#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Value.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// Whether a reference is of the type `target` of the module, as i1.
llvm::Value* LowerTypeTest(CodeBuilder& builder, ValueType target,
                           llvm::Value* reference);

// Whether a reference, of the any hierarchy, is to an object with this
// descriptor, hence of the type `target`, whose objects have descriptors; as
// i1. Null counts if `target` takes null. Traps if the descriptor is null.
llvm::Value* LowerDescriptorTest(CodeBuilder& builder, ValueType target,
                                 llvm::Value* reference,
                                 llvm::Value* descriptor);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CAST_H_
