// Conversions between scalar types.
#ifndef WASIJIT_COMPILER_LOWERING_CONVERSION_H_
#define WASIJIT_COMPILER_LOWERING_CONVERSION_H_

#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// Converts a scalar to the type of `shape`. Null if the verb is not of this
// family.
llvm::Value* LowerConversion(CodeBuilder& builder, Verb verb, Shape shape,
                             llvm::Value* operand);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CONVERSION_H_
