// Arithmetic, comparisons and bit operations, of scalars and of vectors alike.
#ifndef WASIJIT_COMPILER_LOWERING_NUMERIC_H_
#define WASIJIT_COMPILER_LOWERING_NUMERIC_H_

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// Operands and result have the type of the shape; comparisons give i32 for
// scalars and a mask of the shape's width for vectors. Null if the verb is not
// of this family.
llvm::Value* LowerNumeric(CodeBuilder& builder, Verb verb, Shape shape,
                          absl::Span<llvm::Value* const> operands);

// x with a signalling NaN made quiet: what an arithmetic instruction does that
// otherwise returns its operand.
llvm::Value* Canonicalize(CodeBuilder& builder, llvm::Value* x);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_NUMERIC_H_
