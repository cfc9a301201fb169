// The families of vector instructions, tried in turn by LowerVector.
//
// Operands of type v128 come as the lanes of `shape` (AsLanes), or as bytes
// where the shape is V128; scalars as they are. Results are lanes of any shape
// or scalars. Null if the family has no such verb.
#ifndef WASIJIT_COMPILER_LOWERING_VECTOR_FAMILIES_H_
#define WASIJIT_COMPILER_LOWERING_VECTOR_FAMILIES_H_

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// What LLVM does not make good machine code of, from IR that suits every
// instruction set: the sequences of one, by CPU features where they differ.
llvm::Value* LowerVectorForX86_64(CodeBuilder& builder, Verb verb, Shape shape,
                                  absl::Span<llvm::Value* const> operands);
llvm::Value* LowerVectorForAArch64(CodeBuilder& builder, Verb verb, Shape shape,
                                   absl::Span<llvm::Value* const> operands);

// Relaxed instructions that no instruction set has a sequence for: those whose
// strict counterpart is the fastest choice.
llvm::Value* LowerVectorRelaxed(CodeBuilder& builder, Verb verb, Shape shape,
                                absl::Span<llvm::Value* const> operands);

// Moving lanes: splat, extract, replace, shuffle.
llvm::Value* LowerVectorLanes(CodeBuilder& builder,
                              const Instruction& instruction,
                              absl::Span<llvm::Value* const> operands);

// Lanes and bits as truth values: tests, masks, bitwise selection.
llvm::Value* LowerVectorBoolean(CodeBuilder& builder, Verb verb, Shape shape,
                                absl::Span<llvm::Value* const> operands);

// Arithmetic on lanes of one shape.
llvm::Value* LowerVectorArithmetic(CodeBuilder& builder, Verb verb, Shape shape,
                                   absl::Span<llvm::Value* const> operands);

// Between integer lanes of different widths.
llvm::Value* LowerVectorWidth(CodeBuilder& builder, Verb verb, Shape shape,
                              absl::Span<llvm::Value* const> operands);

// Between floats and integers or floats of another width.
llvm::Value* LowerVectorConversion(CodeBuilder& builder, Verb verb, Shape shape,
                                   absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_VECTOR_FAMILIES_H_
