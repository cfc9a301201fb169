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

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CAST_H_
