// Tables.
#ifndef WASIJIT_COMPILER_LOWERING_TABLE_H_
#define WASIJIT_COMPILER_LOWERING_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/trap.h"

namespace wasijit::compiler {

// The native address of an element; the access traps with `kind` if the index
// is out of bounds.
llvm::Value* TableElementAddress(CodeBuilder& builder, uint32_t table,
                                 llvm::Value* index, TrapKind kind);

llvm::Value* LowerTableGet(CodeBuilder& builder, uint32_t table,
                           llvm::Value* index);
void LowerTableSet(CodeBuilder& builder, uint32_t table, llvm::Value* index,
                   llvm::Value* value);
llvm::Value* LowerTableSize(CodeBuilder& builder, uint32_t table);
llvm::Value* LowerTableGrow(CodeBuilder& builder, uint32_t table,
                            llvm::Value* initial, llvm::Value* delta);
void LowerTableFill(CodeBuilder& builder, uint32_t table, llvm::Value* start,
                    llvm::Value* value, llvm::Value* count);
void LowerTableCopy(CodeBuilder& builder, uint32_t destination_table,
                    uint32_t source_table, llvm::Value* destination,
                    llvm::Value* source, llvm::Value* count);
void LowerTableInit(CodeBuilder& builder, uint32_t table, uint32_t segment,
                    llvm::Value* destination, llvm::Value* source,
                    llvm::Value* count);
void LowerElementDrop(CodeBuilder& builder, uint32_t segment);

// Instructions whose operands' types depend on tables or memories: those above,
// and memory.copy.
size_t TableOperandCount(Verb verb);
std::vector<llvm::Value*> LowerTableInstruction(
    CodeBuilder& builder, const Instruction& instruction,
    absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_TABLE_H_
