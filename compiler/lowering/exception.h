// Exceptions: making, throwing and looking into them. Where they are caught is
// a matter of control (control.h).
#ifndef WASIJIT_COMPILER_LOWERING_EXCEPTION_H_
#define WASIJIT_COMPILER_LOWERING_EXCEPTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// A new exception with a payload; traps if there is no memory for it.
llvm::Value* LowerNewException(CodeBuilder& builder, uint32_t tag,
                               absl::Span<llvm::Value* const> payload);

// Whether the exception has the tag, as a condition of LLVM.
llvm::Value* LowerHasTag(CodeBuilder& builder, llvm::Value* exception,
                         uint32_t tag);

// What it carries. REQUIRES: the exception has the tag.
Values LowerPayload(CodeBuilder& builder, llvm::Value* exception, uint32_t tag);

// Ends the block by leaving the function.
void LowerThrowOut(CodeBuilder& builder, llvm::Value* exception);

// What the block of a landing pad begins with: the exception.
llvm::Value* LowerLandingPad(CodeBuilder& builder);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_EXCEPTION_H_
