#include "compiler/lowering/gc_aggregate.h"

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/gc_object.h"
#include "compiler/lowering/memory.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {
namespace {

llvm::Value* Widen(CodeBuilder& b, llvm::Value* number) {
  return b.CreateZExt(number, b.getInt64Ty());
}

// Structures.

const StorageType& FieldStorage(CodeBuilder& b, const Instruction& in) {
  return b.module().types[in.index].structure()->fields[in.index2].storage;
}

// Without fields: of default values. `descriptor` is null if the type has none.
llvm::Value* NewStructure(CodeBuilder& b, uint32_t type,
                          absl::Span<llvm::Value* const> fields,
                          llvm::Value* descriptor = nullptr) {
  const GcStructureLayout& layout = b.lowering().input().structures[type];
  const StructType& structure = *b.module().types[type].structure();
  if (descriptor != nullptr) {
    b.TrapIf(b.CreateIsNull(descriptor), TrapKind::kNullDescriptorReference);
  }
  llvm::Value* reference =
      GcAllocate(b, GcHeaderOfType(b, type), nullptr, b.getInt64(layout.size));
  llvm::Value* address = GcObjectAddress(b, reference);
  if (descriptor != nullptr) {
    b.CreateStore(descriptor, GcPart(b, address, layout.descriptor));
  }
  for (size_t i = 0; i < structure.fields.size(); ++i) {
    const StorageType& storage = structure.fields[i].storage;
    llvm::Value* value =
        fields.empty() ? llvm::Constant::getNullValue(b.TypeOf(storage.value))
                       : fields[i];
    GcStore(b, GcPart(b, address, layout.offsets[i]), storage, value);
  }
  GcPublish(b);
  return reference;
}

llvm::Value* FieldAddress(CodeBuilder& b, const Instruction& in,
                          llvm::Value* reference) {
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullStructureReference);
  return GcPart(b, GcObjectAddress(b, reference),
                b.lowering().input().structures[in.index].offsets[in.index2]);
}

// Arrays.

const StorageType& ElementStorage(CodeBuilder& b, uint32_t type) {
  return b.module().types[type].array()->element.storage;
}

// Of an object that is there.
llvm::Value* Length(CodeBuilder& b, llvm::Value* address) {
  return b.CreateLoad(b.getInt32Ty(), GcPart(b, address, kGcArrayLength));
}

llvm::Value* ArrayAddress(CodeBuilder& b, llvm::Value* reference) {
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullArrayReference);
  return GcObjectAddress(b, reference);
}

// Without a check.
llvm::Value* ElementAt(CodeBuilder& b, const StorageType& storage,
                       llvm::Value* address, llvm::Value* index) {
  return b.CreateInBoundsGEP(
      llvm::ArrayType::get(b.getInt8Ty(), GcSize(b, storage)),
      GcPart(b, address, kGcArrayElements), Widen(b, index));
}

llvm::Value* ElementAddress(CodeBuilder& b, uint32_t type,
                            llvm::Value* reference, llvm::Value* index) {
  llvm::Value* address = ArrayAddress(b, reference);
  b.TrapIf(b.CreateICmpUGE(index, Length(b, address)),
           TrapKind::kOutOfBoundsArrayAccess);
  return ElementAt(b, ElementStorage(b, type), address, index);
}

// The address of an array that has these elements; traps if it has not.
llvm::Value* RangeOf(CodeBuilder& b, llvm::Value* reference, llvm::Value* start,
                     llvm::Value* count) {
  llvm::Value* address = ArrayAddress(b, reference);
  b.TrapIf(b.CreateICmpUGT(b.CreateAdd(Widen(b, start), Widen(b, count)),
                           Widen(b, Length(b, address))),
           TrapKind::kOutOfBoundsArrayAccess);
  return address;
}

llvm::Value* BytesOf(CodeBuilder& b, const StorageType& storage,
                     llvm::Value* count) {
  return b.CreateMul(Widen(b, count), b.getInt64(GcSize(b, storage)));
}

void FillElements(CodeBuilder& b, const StorageType& storage,
                  llvm::Value* begin, llvm::Value* value, llvm::Value* count) {
  const uint32_t size = GcSize(b, storage);
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (size == 1 || (constant != nullptr && constant->isNullValue())) {
    llvm::Value* byte =
        size == 1 ? b.CreateTrunc(value, b.getInt8Ty()) : b.getInt8(0);
    MarkChecked(b, b.CreateMemSet(begin, byte, BytesOf(b, storage, count),
                                  llvm::Align(1)));
    return;
  }
  llvm::BasicBlock* from = b.GetInsertBlock();
  llvm::BasicBlock* loop = b.NewBlock("fill.loop");
  llvm::BasicBlock* done = b.NewBlock("fill.done");
  llvm::Value* wide_count = Widen(b, count);
  b.CreateCondBr(b.CreateIsNull(count), done, loop);
  b.SetInsertPoint(loop);
  llvm::PHINode* index = b.CreatePHI(b.getInt64Ty(), 2);
  index->addIncoming(b.getInt64(0), from);
  GcStore(b,
          b.CreateInBoundsGEP(llvm::ArrayType::get(b.getInt8Ty(), size), begin,
                              index),
          storage, value);
  llvm::Value* next = b.CreateAdd(index, b.getInt64(1));
  index->addIncoming(next, loop);
  b.CreateCondBr(b.CreateICmpEQ(next, wide_count), done, loop);
  b.SetInsertPoint(done);
}

llvm::Value* AllocateArray(CodeBuilder& b, uint32_t type, llvm::Value* length) {
  llvm::Value* bytes = BytesOf(b, ElementStorage(b, type), length);
  llvm::Value* size = b.CreateAnd(
      b.CreateAdd(bytes, b.getInt64(kGcArrayElements + kGcAlignment - 1)),
      b.getInt64(-uint64_t{kGcAlignment}));
  return GcAllocate(b, GcHeaderOfType(b, type), length, size);
}

llvm::Value* NewArray(CodeBuilder& b, uint32_t type, llvm::Value* value,
                      llvm::Value* length) {
  llvm::Value* reference = AllocateArray(b, type, length);
  FillElements(b, ElementStorage(b, type),
               GcPart(b, GcObjectAddress(b, reference), kGcArrayElements),
               value, length);
  GcPublish(b);
  return reference;
}

llvm::Value* NewFixedArray(CodeBuilder& b, uint32_t type,
                           const Values& elements) {
  const StorageType& storage = ElementStorage(b, type);
  llvm::Value* reference = AllocateArray(
      b, type, b.getInt32(static_cast<uint32_t>(elements.size())));
  llvm::Value* address = GcObjectAddress(b, reference);
  for (size_t i = 0; i < elements.size(); ++i) {
    GcStore(b, GcPart(b, address, kGcArrayElements + i * GcSize(b, storage)),
            storage, elements[i]);
  }
  GcPublish(b);
  return reference;
}

llvm::Value* NewFromSegment(CodeBuilder& b, const Instruction& in,
                            Libcall libcall, TrapKind out_of_bounds,
                            const Values& x) {
  llvm::Value* result =
      b.CallLibcall(libcall, {b.ContextPointer(), b.getInt32(in.index),
                              b.getInt32(in.index2), x[0], x[1]});
  b.TrapIf(b.CreateICmpEQ(result, b.getInt64(-1)), out_of_bounds);
  b.TrapIf(b.CreateICmpEQ(result, b.getInt64(-2)),
           TrapKind::kAllocationFailure);
  return b.CreateTrunc(result, b.getInt32Ty());
}

// Of an element, from the heap's base.
llvm::Value* ElementDistance(CodeBuilder& b, const StorageType& storage,
                             llvm::Value* reference, llvm::Value* index) {
  return b.CreateAdd(
      b.CreateAdd(Widen(b, reference), b.getInt64(kGcArrayElements)),
      BytesOf(b, storage, index));
}

void SetElement(CodeBuilder& b, uint32_t type, const Values& x) {
  const StorageType& storage = ElementStorage(b, type);
  GcStore(b, ElementAddress(b, type, x[0], x[1]), storage, x[2]);
  GcNoteWrite(b, ElementDistance(b, storage, x[0], x[1]), storage, x[2]);
}

void SetField(CodeBuilder& b, const Instruction& in, const Values& x) {
  const StorageType& storage = FieldStorage(b, in);
  GcStore(b, FieldAddress(b, in, x[0]), storage, x[1]);
  GcNoteWrite(b, Widen(b, x[0]), storage, x[1]);
}

void FillArray(CodeBuilder& b, uint32_t type, const Values& x) {
  const StorageType& storage = ElementStorage(b, type);
  llvm::Value* address = RangeOf(b, x[0], x[1], x[3]);
  FillElements(b, storage, ElementAt(b, storage, address, x[1]), x[2], x[3]);
  GcNoteWrites(b, ElementDistance(b, storage, x[0], x[1]), storage,
               BytesOf(b, storage, x[3]));
}

void CopyArray(CodeBuilder& b, uint32_t type, const Values& x) {
  const StorageType& storage = ElementStorage(b, type);
  llvm::Value* destination = RangeOf(b, x[0], x[1], x[4]);
  llvm::Value* source = RangeOf(b, x[2], x[3], x[4]);
  MarkChecked(
      b, b.CreateMemMove(ElementAt(b, storage, destination, x[1]),
                         llvm::Align(1), ElementAt(b, storage, source, x[3]),
                         llvm::Align(1), BytesOf(b, storage, x[4])));
  GcNoteWrites(b, ElementDistance(b, storage, x[0], x[1]), storage,
               BytesOf(b, storage, x[4]));
}

void InitArray(CodeBuilder& b, const Instruction& in, Libcall libcall,
               TrapKind out_of_bounds, const Values& x) {
  RangeOf(b, x[0], x[1], x[3]);
  b.TrapUnless(
      b.CallLibcall(libcall, {b.ContextPointer(), x[0], b.getInt32(in.index2),
                              x[1], x[2], x[3]}),
      out_of_bounds);
}

}  // namespace

llvm::Value* LowerGetDescriptor(CodeBuilder& builder, uint32_t type,
                                llvm::Value* reference) {
  CodeBuilder& b = builder;
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullReference);
  llvm::LoadInst* descriptor = b.CreateLoad(
      b.getInt32Ty(), GcPart(b, GcObjectAddress(b, reference),
                             b.lowering().input().structures[type].descriptor));
  b.MarkNullability(
      descriptor,
      ValueType::Ref(HeapType::Concrete(*b.module().types[type].descriptor),
                     /*nullable=*/false));
  return descriptor;
}

size_t AggregateOperandCount(const Module& module,
                             const Instruction& instruction) {
  switch (instruction.verb()) {
    case Verb::kStructNew:
      return module.types[instruction.index].structure()->fields.size();
    case Verb::kStructNewDesc:
      return module.types[instruction.index].structure()->fields.size() + 1;
    case Verb::kArrayNewFixed:
      return instruction.index2;
    case Verb::kStructNewDefault:
      return 0;
    case Verb::kStructNewDefaultDesc:
    case Verb::kStructGet:
    case Verb::kStructGetS:
    case Verb::kStructGetU:
    case Verb::kArrayNewDefault:
      return 1;
    case Verb::kStructSet:
    case Verb::kArrayNew:
    case Verb::kArrayNewData:
    case Verb::kArrayNewElem:
    case Verb::kArrayGet:
    case Verb::kArrayGetS:
    case Verb::kArrayGetU:
      return 2;
    case Verb::kArraySet:
      return 3;
    case Verb::kArrayFill:
    case Verb::kArrayInitData:
    case Verb::kArrayInitElem:
      return 4;
    case Verb::kArrayCopy:
      return 5;
    default:
      assert(false && "all others are handled before");
      return 0;
  }
}

Values LowerAggregate(CodeBuilder& builder, const Instruction& instruction,
                      const Values& operands) {
  CodeBuilder& b = builder;
  const Values& x = operands;
  const uint32_t type = instruction.index;
  const Verb verb = instruction.verb();
  switch (verb) {
    case Verb::kStructNew:
      return {NewStructure(b, type, x)};
    case Verb::kStructNewDefault:
      return {NewStructure(b, type, {})};
    case Verb::kStructNewDesc:
      return {NewStructure(b, type, absl::MakeConstSpan(x).first(x.size() - 1),
                           x.back())};
    case Verb::kStructNewDefaultDesc:
      return {NewStructure(b, type, {}, x[0])};
    case Verb::kStructGet:
    case Verb::kStructGetS:
    case Verb::kStructGetU:
      return {GcLoad(b, FieldAddress(b, instruction, x[0]),
                     FieldStorage(b, instruction), verb == Verb::kStructGetS)};
    case Verb::kStructSet:
      SetField(b, instruction, x);
      return {};
    case Verb::kArrayNew:
      return {NewArray(b, type, x[0], x[1])};
    case Verb::kArrayNewDefault:
      return {NewArray(
          b, type,
          llvm::Constant::getNullValue(b.TypeOf(ElementStorage(b, type).value)),
          x[0])};
    case Verb::kArrayNewFixed:
      return {NewFixedArray(b, type, x)};
    case Verb::kArrayNewData:
      return {NewFromSegment(b, instruction, Libcall::kGcNewArrayFromData,
                             TrapKind::kOutOfBoundsMemoryAccess, x)};
    case Verb::kArrayNewElem:
      return {NewFromSegment(b, instruction, Libcall::kGcNewArrayFromElements,
                             TrapKind::kOutOfBoundsTableAccess, x)};
    case Verb::kArrayGet:
    case Verb::kArrayGetS:
    case Verb::kArrayGetU:
      return {GcLoad(b, ElementAddress(b, type, x[0], x[1]),
                     ElementStorage(b, type), verb == Verb::kArrayGetS)};
    case Verb::kArraySet:
      SetElement(b, type, x);
      return {};
    case Verb::kArrayLen:
      return {Length(b, ArrayAddress(b, x[0]))};
    case Verb::kArrayFill:
      FillArray(b, type, x);
      return {};
    case Verb::kArrayCopy:
      CopyArray(b, type, x);
      return {};
    case Verb::kArrayInitData:
      InitArray(b, instruction, Libcall::kGcInitArrayFromData,
                TrapKind::kOutOfBoundsMemoryAccess, x);
      return {};
    case Verb::kArrayInitElem:
      InitArray(b, instruction, Libcall::kGcInitArrayFromElements,
                TrapKind::kOutOfBoundsTableAccess, x);
      return {};
    default:
      assert(false && "all others are handled before");
      return {};
  }
}

}  // namespace wasijit::compiler
