// Calls, and how arguments and results cross them.
#ifndef WASIJIT_COMPILER_LOWERING_CALL_H_
#define WASIJIT_COMPILER_LOWERING_CALL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/calling_convention.h"

namespace wasijit::compiler {

using Values = std::vector<llvm::Value*>;

// Calls a function of the module, imported or defined.
Values LowerCall(CodeBuilder& builder, uint32_t function,
                 absl::Span<llvm::Value* const> arguments);
Values LowerCallIndirect(CodeBuilder& builder, uint32_t type, uint32_t table,
                         llvm::Value* index,
                         absl::Span<llvm::Value* const> arguments);
Values LowerCallReference(CodeBuilder& builder, uint32_t type,
                          llvm::Value* reference,
                          absl::Span<llvm::Value* const> arguments);
// Tail calls: they end the block.
void LowerReturnCall(CodeBuilder& builder, uint32_t function,
                     absl::Span<llvm::Value* const> arguments);
void LowerReturnCallIndirect(CodeBuilder& builder, uint32_t type,
                             uint32_t table, llvm::Value* index,
                             absl::Span<llvm::Value* const> arguments);
void LowerReturnCallReference(CodeBuilder& builder, uint32_t type,
                              llvm::Value* reference,
                              absl::Span<llvm::Value* const> arguments);

// A reference to a function of the module.
llvm::Value* LowerFunctionReference(CodeBuilder& builder, uint32_t function);

// The arguments of the function being built, which is `function`.
Values ReceiveArguments(CodeBuilder& builder, uint32_t function);
// Ends the block by returning from `function`.
void ReturnResults(CodeBuilder& builder, uint32_t function,
                   absl::Span<llvm::Value* const> results);

// Ends the block by going on in `code`, which takes the place of `function`,
// the one being built, and receives `state`: at most kMaxState values.
inline constexpr size_t kMaxState = kCallBufferSize / kCallBufferSlotSize;
void LowerReplacement(CodeBuilder& builder, uint32_t function,
                      llvm::Value* code, absl::Span<llvm::Value* const> state);
// What such code has received.
Values ReceiveState(CodeBuilder& builder, absl::Span<llvm::Type* const> types);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CALL_H_
