#include "compiler/lowering/table.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/memory.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

const TableType& TypeOf(CodeBuilder& b, uint32_t table) {
  return b.module().tables[table].type;
}

bool HoldsFunctions(CodeBuilder& b, uint32_t table) {
  return b.module().Top(TypeOf(b, table).element.heap_type()) ==
         AbstractHeapType::kFunc;
}

llvm::Value* Widen(CodeBuilder& b, llvm::Value* index) {
  return b.CreateZExt(index, b.getInt64Ty());
}

llvm::Value* ToAddressType(CodeBuilder& b, uint32_t table, llvm::Value* size) {
  return TypeOf(b, table).limits.is64 ? size
                                      : b.CreateTrunc(size, b.getInt32Ty());
}

llvm::Value* Descriptor(CodeBuilder& b, uint32_t table) {
  return b.LoadConstantField(
      b.getPtrTy(), b.layout().TableSlot(table) + offsetof(VmTableSlot, table));
}

llvm::Value* LoadDescriptorField(CodeBuilder& b, uint32_t table,
                                 llvm::Type* type, uint64_t offset) {
  llvm::LoadInst* load =
      b.CreateLoad(type, b.CreateConstInBoundsGEP1_64(
                             b.getInt8Ty(), Descriptor(b, table), offset));
  b.lowering().MarkContextAccess(load);
  return load;
}

// Whether no one can ever change the table's size: the usual table of C and
// Rust programs. Its base is then in the context and its size is a constant.
bool IsFixed(CodeBuilder& b, uint32_t table) {
  const Limits& limits = TypeOf(b, table).limits;
  return b.lowering().input().closed_tables.IsClosed(table) ||
         (limits.max == limits.min && table >= b.module().num_imported_tables);
}

llvm::Value* Size(CodeBuilder& b, uint32_t table) {
  if (IsFixed(b, table)) return b.getInt64(TypeOf(b, table).limits.min);
  return LoadDescriptorField(b, table, b.getInt64Ty(), offsetof(VmTable, size));
}

llvm::Value* Base(CodeBuilder& b, uint32_t table) {
  if (IsFixed(b, table)) {
    return b.LoadConstantField(b.getPtrTy(), b.layout().TableSlot(table) +
                                                 offsetof(VmTableSlot, base));
  }
  return LoadDescriptorField(b, table, b.getPtrTy(), offsetof(VmTable, base));
}

// A reference of any sort as the runtime takes it.
llvm::Value* ToArgument(CodeBuilder& b, llvm::Value* reference) {
  if (reference->getType()->isPointerTy()) return reference;
  return b.CreateIntToPtr(b.ToCell(reference), b.getPtrTy());
}

llvm::Value* ElementField(CodeBuilder& b, llvm::Value* element, size_t offset) {
  return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), element, offset);
}

// The fields of a VmFunctionElement that a function's record determines, and
// null's.
void StoreFunction(CodeBuilder& b, llvm::Value* element,
                   llvm::Value* reference) {
  llvm::BasicBlock* copy = b.NewBlock("table.set.copy");
  llvm::BasicBlock* clear = b.NewBlock("table.set.clear");
  llvm::BasicBlock* done = b.NewBlock("table.set.done");
  b.CreateCondBr(b.CreateIsNull(reference), clear, copy);

  b.SetInsertPoint(copy);
  // The first three fields are the same in both structures.
  static_assert(offsetof(VmFunction, code) ==
                offsetof(VmFunctionElement, code));
  static_assert(offsetof(VmFunction, context) ==
                offsetof(VmFunctionElement, context));
  static_assert(offsetof(VmFunction, type_id) ==
                offsetof(VmFunctionElement, type_id));
  for (size_t offset :
       {offsetof(VmFunction, code), offsetof(VmFunction, context),
        offsetof(VmFunction, type_id)}) {
    b.CreateStore(b.LoadConstant(b.getInt64Ty(), reference, offset),
                  ElementField(b, element, offset), b.HasStrictTraps());
  }
  b.CreateBr(done);

  b.SetInsertPoint(clear);
  for (size_t offset :
       {offsetof(VmFunctionElement, code), offsetof(VmFunctionElement, context),
        offsetof(VmFunctionElement, type_id)}) {
    b.CreateStore(b.getInt64(0), ElementField(b, element, offset),
                  b.HasStrictTraps());
  }
  b.CreateBr(done);

  b.SetInsertPoint(done);
  b.CreateStore(
      reference,
      ElementField(b, element, offsetof(VmFunctionElement, reference)),
      b.HasStrictTraps());
}

}  // namespace

llvm::Value* TableElementAddress(CodeBuilder& builder, uint32_t table,
                                 llvm::Value* index, TrapKind kind) {
  CodeBuilder& b = builder;
  llvm::Value* wide = Widen(b, index);
  b.TrapIf(b.CreateICmpUGE(wide, Size(b, table)), kind);
  const uint64_t element_size =
      HoldsFunctions(b, table) ? sizeof(VmFunctionElement) : sizeof(uint64_t);
  return b.CreateInBoundsGEP(llvm::ArrayType::get(b.getInt8Ty(), element_size),
                             Base(b, table), wide);
}

llvm::Value* LowerTableGet(CodeBuilder& builder, uint32_t table,
                           llvm::Value* index) {
  llvm::Value* element = TableElementAddress(builder, table, index,
                                             TrapKind::kOutOfBoundsTableAccess);
  const size_t offset = HoldsFunctions(builder, table)
                            ? offsetof(VmFunctionElement, reference)
                            : 0;
  const ValueType type = TypeOf(builder, table).element;
  llvm::LoadInst* load = builder.CreateLoad(
      builder.TypeOf(type), ElementField(builder, element, offset));
  builder.MarkNullability(load, type);
  return load;
}

void LowerTableSet(CodeBuilder& builder, uint32_t table, llvm::Value* index,
                   llvm::Value* value) {
  llvm::Value* element = TableElementAddress(builder, table, index,
                                             TrapKind::kOutOfBoundsTableAccess);
  if (HoldsFunctions(builder, table)) {
    StoreFunction(builder, element, value);
  } else {
    builder.CreateStore(builder.ToCell(value), element,
                        builder.HasStrictTraps());
  }
}

llvm::Value* LowerTableSize(CodeBuilder& builder, uint32_t table) {
  return ToAddressType(builder, table, Size(builder, table));
}

llvm::Value* LowerTableGrow(CodeBuilder& builder, uint32_t table,
                            llvm::Value* initial, llvm::Value* delta) {
  CodeBuilder& b = builder;
  return ToAddressType(
      b, table,
      b.CallLibcall(Libcall::kTableGrow,
                    {b.ContextPointer(), b.getInt32(table),
                     ToArgument(b, initial), Widen(b, delta)}));
}

void LowerTableFill(CodeBuilder& builder, uint32_t table, llvm::Value* start,
                    llvm::Value* value, llvm::Value* count) {
  CodeBuilder& b = builder;
  b.TrapUnless(
      b.CallLibcall(Libcall::kTableFill,
                    {b.ContextPointer(), b.getInt32(table), Widen(b, start),
                     ToArgument(b, value), Widen(b, count)}),
      TrapKind::kOutOfBoundsTableAccess);
}

void LowerTableCopy(CodeBuilder& builder, uint32_t destination_table,
                    uint32_t source_table, llvm::Value* destination,
                    llvm::Value* source, llvm::Value* count) {
  CodeBuilder& b = builder;
  b.TrapUnless(b.CallLibcall(Libcall::kTableCopy,
                             {b.ContextPointer(), b.getInt32(destination_table),
                              b.getInt32(source_table), Widen(b, destination),
                              Widen(b, source), Widen(b, count)}),
               TrapKind::kOutOfBoundsTableAccess);
}

void LowerTableInit(CodeBuilder& builder, uint32_t table, uint32_t segment,
                    llvm::Value* destination, llvm::Value* source,
                    llvm::Value* count) {
  CodeBuilder& b = builder;
  b.TrapUnless(
      b.CallLibcall(Libcall::kTableInit,
                    {b.ContextPointer(), b.getInt32(table), b.getInt32(segment),
                     Widen(b, destination), source, count}),
      TrapKind::kOutOfBoundsTableAccess);
}

void LowerElementDrop(CodeBuilder& builder, uint32_t segment) {
  builder.CallLibcall(Libcall::kElementDrop,
                      {builder.ContextPointer(), builder.getInt32(segment)});
}

size_t TableOperandCount(Verb verb) {
  switch (verb) {
    case Verb::kTableSize:
      return 0;
    case Verb::kTableGet:
      return 1;
    case Verb::kTableSet:
    case Verb::kTableGrow:
      return 2;
    default:
      return 3;
  }
}

std::vector<llvm::Value*> LowerTableInstruction(
    CodeBuilder& builder, const Instruction& instruction,
    absl::Span<llvm::Value* const> x) {
  CodeBuilder& b = builder;
  const uint32_t index = instruction.index;
  const uint32_t index2 = instruction.index2;
  switch (instruction.verb()) {
    case Verb::kTableGet:
      return {LowerTableGet(b, index, x[0])};
    case Verb::kTableSet:
      LowerTableSet(b, index, x[0], x[1]);
      return {};
    case Verb::kTableSize:
      return {LowerTableSize(b, index)};
    case Verb::kTableGrow:
      return {LowerTableGrow(b, index, x[0], x[1])};
    case Verb::kTableFill:
      LowerTableFill(b, index, x[0], x[1], x[2]);
      return {};
    case Verb::kTableCopy:
      LowerTableCopy(b, index, index2, x[0], x[1], x[2]);
      return {};
    case Verb::kTableInit:
      LowerTableInit(b, index2, index, x[0], x[1], x[2]);
      return {};
    case Verb::kMemoryCopy:
      LowerMemoryCopy(b, index, index2, x[0], x[1], x[2]);
      return {};
    default:
      assert(false && "all others are handled before");
      return {};
  }
}

}  // namespace wasijit::compiler
