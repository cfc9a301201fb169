// Linear memory: addresses and bounds, loads, stores, bulk operations.
#ifndef WASIJIT_COMPILER_LOWERING_MEMORY_H_
#define WASIJIT_COMPILER_LOWERING_MEMORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The native address of an access of `size` bytes at `index` plus the immediate
// offset. The one place that keeps accesses inside a memory: either guard pages
// surround what the address can be, or it is checked here.
llvm::Value* MemoryAddress(CodeBuilder& builder, const MemArg& memarg,
                           llvm::Value* index, uint64_t size);

// The same for an atomic access of 2^n bytes, which must be aligned to them.
llvm::Value* AtomicAddress(CodeBuilder& builder, const MemArg& memarg,
                           llvm::Value* index, uint64_t size);
// The offset of an atomic access in its memory, for the runtime to make:
// checked in full whether there are guard pages or not.
llvm::Value* AtomicOffset(CodeBuilder& builder, const MemArg& memarg,
                          llvm::Value* index, uint64_t size);

// One access at an address from MemoryAddress.
llvm::Value* LoadMemory(CodeBuilder& builder, const MemArg& memarg,
                        llvm::Type* type, llvm::Value* address);
void StoreMemory(CodeBuilder& builder, const MemArg& memarg, llvm::Value* value,
                 llvm::Value* address);

// Scalar loads and v128.load. Null if the verb is not one.
llvm::Value* LowerLoad(CodeBuilder& builder, Verb verb, Shape shape,
                       const MemArg& memarg, llvm::Value* index);
// Scalar stores and v128.store. False if the verb is not one.
bool LowerStore(CodeBuilder& builder, Verb verb, Shape shape,
                const MemArg& memarg, llvm::Value* index, llvm::Value* value);

// Says that a call of memset or memmove has its whole range checked.
void MarkChecked(CodeBuilder& builder, llvm::CallInst* call);

llvm::Value* LowerMemorySize(CodeBuilder& builder, uint32_t memory);
llvm::Value* LowerMemoryGrow(CodeBuilder& builder, uint32_t memory,
                             llvm::Value* delta);
void LowerMemoryFill(CodeBuilder& builder, uint32_t memory,
                     llvm::Value* destination, llvm::Value* value,
                     llvm::Value* count);
void LowerMemoryCopy(CodeBuilder& builder, uint32_t destination_memory,
                     uint32_t source_memory, llvm::Value* destination,
                     llvm::Value* source, llvm::Value* count);
void LowerMemoryInit(CodeBuilder& builder, uint32_t memory, uint32_t segment,
                     llvm::Value* destination, llvm::Value* source,
                     llvm::Value* count);
void LowerDataDrop(CodeBuilder& builder, uint32_t segment);

// Instructions of a known number of operands that access memories or segments
// as a whole; nothing for any other.
std::optional<std::vector<llvm::Value*>> LowerBulkMemory(
    CodeBuilder& builder, const Instruction& instruction,
    absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_MEMORY_H_
