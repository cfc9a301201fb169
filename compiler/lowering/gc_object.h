// Objects of the garbage-collected heap: where they lie and how new ones are
// cut off the free space.
#ifndef WASIJIT_COMPILER_LOWERING_GC_OBJECT_H_
#define WASIJIT_COMPILER_LOWERING_GC_OBJECT_H_

#include <cstdint>

#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Value.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// The native address of an object. REQUIRES: the reference is to an object.
llvm::Value* GcObjectAddress(CodeBuilder& builder, llvm::Value* reference);

// A part of an object at a constant distance from its begin.
llvm::Value* GcPart(CodeBuilder& builder, llvm::Value* address,
                    uint64_t offset);

// The header that objects of a type of the module have.
llvm::Value* GcHeaderOfType(CodeBuilder& builder, uint32_t type);

// The row of supertypes of an object's type, by its header.
llvm::Value* GcDisplay(CodeBuilder& builder, llvm::Value* header);

// A new object of `size` bytes (i64, a multiple of kGcAlignment), its header
// and, if it is an array, `length` (i32, else null) written. Traps if there is
// no room. Whoever calls fills in the rest before anything else happens, then
// calls GcPublish.
llvm::Value* GcAllocate(CodeBuilder& builder, llvm::Value* header,
                        llvm::Value* length, llvm::Value* size);

// Keeps what a new object holds in front of what makes the object known.
void GcPublish(CodeBuilder& builder);

// Reads and writes a field or element. `sign_extends`: of packed storage.
llvm::Value* GcLoad(CodeBuilder& builder, llvm::Value* address,
                    const StorageType& storage, bool sign_extends);
void GcStore(CodeBuilder& builder, llvm::Value* address,
             const StorageType& storage, llvm::Value* value);
// Tells the collector (gc_cards.h) that `value` has been stored into an old
// object, `distance` (i64) from the heap's base; or that values have, over
// `size` bytes (i64) from there. Does nothing for what it does not follow.
void GcNoteWrite(CodeBuilder& builder, llvm::Value* distance,
                 const StorageType& storage, llvm::Value* value);
void GcNoteWrites(CodeBuilder& builder, llvm::Value* distance,
                  const StorageType& storage, llvm::Value* size);

// Bytes of a field or element.
uint32_t GcSize(CodeBuilder& builder, const StorageType& storage);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_GC_OBJECT_H_
