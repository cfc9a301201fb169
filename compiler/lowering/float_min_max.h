// The minimum and maximum of floats, scalars and vectors alike.
#ifndef WASIJIT_COMPILER_LOWERING_FLOAT_MIN_MAX_H_
#define WASIJIT_COMPILER_LOWERING_FLOAT_MIN_MAX_H_

#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// A quiet NaN if either operand is one; -0 is less than +0 (specification,
// 4.3.3 fmin, fmax).
// REQUIRES: the verb is Min or Max; floats or vectors of floats.
llvm::Value* LowerFloatMinMax(CodeBuilder& builder, Verb verb, llvm::Value* x,
                              llvm::Value* y);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_FLOAT_MIN_MAX_H_
