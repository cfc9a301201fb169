#include "compiler/lowering/variable.h"

#include <cstdint>

#include "compiler/lowering/code_builder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

bool IsImported(CodeBuilder& b, uint32_t global) {
  return global < b.module().num_imported_globals;
}

llvm::Align CellAlignment(CodeBuilder& b, uint32_t global) {
  return llvm::Align(b.module().globals[global].type.value.IsVector() ? 16 : 8);
}

// The cell of an own global lies in the context; an import is a pointer to
// another's.
llvm::Value* Cell(CodeBuilder& b, uint32_t global) {
  const int64_t displacement = b.layout().Global(global);
  return IsImported(b, global) ? b.LoadConstantField(b.getPtrTy(), displacement)
                               : b.ContextField(displacement);
}

// Own cells lie in the context; what imports point to may be any memory's
// neighbour, and two imports may be one global.
void Mark(CodeBuilder& b, llvm::Instruction* access, uint32_t global) {
  if (!IsImported(b, global)) b.lowering().MarkContextAccess(access);
}

}  // namespace

llvm::Value* LowerGlobalGet(CodeBuilder& builder, uint32_t global) {
  CodeBuilder& b = builder;
  const GlobalType& type = b.module().globals[global].type;
  llvm::LoadInst* load = b.CreateAlignedLoad(
      b.TypeOf(type.value), Cell(b, global), CellAlignment(b, global));
  if (!type.is_mutable) {
    load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                      llvm::MDNode::get(b.getContext(), {}));
  }
  b.MarkNullability(load, type.value);
  Mark(b, load, global);
  return load;
}

void LowerGlobalSet(CodeBuilder& builder, uint32_t global, llvm::Value* value) {
  // The runtime reads all bits of a reference.
  const bool is_reference = builder.module().globals[global].type.value.IsRef();
  llvm::StoreInst* store = builder.CreateAlignedStore(
      is_reference ? builder.ToCell(value) : value, Cell(builder, global),
      CellAlignment(builder, global), builder.HasStrictTraps());
  Mark(builder, store, global);
}

}  // namespace wasijit::compiler
