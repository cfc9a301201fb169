// 128-bit vectors: what scalars do not have.
#ifndef WASIJIT_COMPILER_LOWERING_VECTOR_H_
#define WASIJIT_COMPILER_LOWERING_VECTOR_H_

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// An instruction with vector operands or a vector result that does not access
// memory. v128 operands and results have LlvmType(v128).
llvm::Value* LowerVector(CodeBuilder& builder, const Instruction& instruction,
                         absl::Span<llvm::Value* const> operands);

// Vector loads and stores other than v128.load and v128.store. Null for
// stores.
llvm::Value* LowerVectorMemory(CodeBuilder& builder,
                               const Instruction& instruction,
                               absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_VECTOR_H_
