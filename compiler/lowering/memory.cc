#include "compiler/lowering/memory.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/table.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "compiler/target/symbols.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

const MemoryType& TypeOf(CodeBuilder& b, uint32_t memory) {
  return b.module().memories[memory];
}

// A value of the memory's address type as a 64-bit number.
llvm::Value* Widen(CodeBuilder& b, llvm::Value* index) {
  return b.CreateZExt(index, b.getInt64Ty());
}

llvm::Value* MemoryBase(CodeBuilder& b, uint32_t memory) {
  const bool is_own_first =
      memory == 0 && b.module().num_imported_memories == 0;
  if (is_own_first) return b.ContextField(0);
  return b.LoadConstantField(b.getPtrTy(), b.layout().MemorySlot(memory) +
                                               offsetof(VmMemorySlot, base));
}

// In bytes.
llvm::Value* MemorySize(CodeBuilder& b, uint32_t memory) {
  llvm::Value* descriptor =
      b.LoadConstantField(b.getPtrTy(), b.layout().MemorySlot(memory) +
                                            offsetof(VmMemorySlot, memory));
  llvm::Value* address = b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), descriptor,
                                                      offsetof(VmMemory, size));
  llvm::LoadInst* size = b.CreateAlignedLoad(b.getInt64Ty(), address,
                                             llvm::Align(alignof(uint64_t)));
  // Another thread may grow the memory meanwhile; sizes only increase.
  if (TypeOf(b, memory).shared)
    size->setAtomic(llvm::AtomicOrdering::Monotonic);
  b.lowering().MarkContextAccess(size);
  return size;
}

bool HasGuardPages(CodeBuilder& b, uint32_t memory) {
  const MemoryType& type = TypeOf(b, memory);
  return b.lowering().input().options.bounds_checks ==
             BoundsChecks::kGuardPages &&
         !type.limits.is64 && type.page_size_log2 == kDefaultPageSizeLog2;
}

// Traps unless [start, start + size) lies within the memory, without overflow
// for any 64-bit start and size.
void CheckRange(CodeBuilder& b, uint32_t memory, llvm::Value* start,
                llvm::Value* size) {
  llvm::Value* limit = MemorySize(b, memory);
  llvm::Value* fits = b.CreateICmpULE(size, limit);
  llvm::Value* last_start = b.CreateSub(limit, size);
  b.TrapUnless(b.CreateAnd(fits, b.CreateICmpULE(start, last_start)),
               TrapKind::kOutOfBoundsMemoryAccess);
}

// Traps unless `size` bytes at `start` plus the immediate offset lie within the
// memory.
void CheckAccess(CodeBuilder& b, const MemArg& memarg, llvm::Value* start,
                 uint64_t size) {
  // offset + size; when that is beyond 64 bits no memory has room for it.
  uint64_t extent;
  if (__builtin_add_overflow(memarg.offset, size, &extent)) {
    b.TrapIf(b.getTrue(), TrapKind::kOutOfBoundsMemoryAccess);
    extent = UINT64_MAX;
  }
  CheckRange(b, memarg.memory, start, b.getInt64(extent));
}

// Neither part of the sum wraps: the base is far below 2^64 - 2^33, or the sum
// has been checked.
llvm::Value* NativeAddress(CodeBuilder& b, const MemArg& memarg,
                           llvm::Value* start) {
  const llvm::GEPNoWrapFlags flags =
      llvm::GEPNoWrapFlags::inBounds() | llvm::GEPNoWrapFlags::noUnsignedWrap();
  llvm::Value* address = b.CreateGEP(
      b.getInt8Ty(), MemoryBase(b, memarg.memory), start, "", flags);
  if (memarg.offset == 0) return address;
  return b.CreateGEP(b.getInt8Ty(), address, b.getInt64(memarg.offset), "",
                     flags);
}

// Whether an access of 2^n bytes is not aligned to them. Bases are.
llvm::Value* IsMisaligned(CodeBuilder& b, const MemArg& memarg,
                          llvm::Value* start, uint64_t size) {
  llvm::Value* sum = b.CreateAdd(start, b.getInt64(memarg.offset));
  return b.CreateIsNotNull(b.CreateAnd(sum, size - 1));
}

// Whether LLVM may neither drop, repeat nor merge accesses. In a shared memory
// other threads may write what an access reads: README.md.
bool IsVolatile(CodeBuilder& b, uint32_t memory) {
  return b.HasStrictTraps() || TypeOf(b, memory).shared;
}

void Configure(CodeBuilder& b, const MemArg& memarg, auto* access) {
  access->setVolatile(IsVolatile(b, memarg.memory));
  b.lowering().MarkMemoryAccess(access, memarg.memory);
  b.Locate(access);
}

// The memory at a native address in bounds; for bulk operations, which check
// their whole range first.
llvm::Value* CheckedRange(CodeBuilder& b, uint32_t memory, llvm::Value* start,
                          llvm::Value* size) {
  CheckRange(b, memory, start, size);
  return b.CreateInBoundsGEP(b.getInt8Ty(), MemoryBase(b, memory), start);
}

struct NarrowLoad {
  unsigned width;
  bool is_signed;
};

std::optional<NarrowLoad> NarrowLoadOf(Verb verb) {
  switch (verb) {
    case Verb::kLoad8S:
      return NarrowLoad{8, true};
    case Verb::kLoad8U:
      return NarrowLoad{8, false};
    case Verb::kLoad16S:
      return NarrowLoad{16, true};
    case Verb::kLoad16U:
      return NarrowLoad{16, false};
    case Verb::kLoad32S:
      return NarrowLoad{32, true};
    case Verb::kLoad32U:
      return NarrowLoad{32, false};
    default:
      return std::nullopt;
  }
}

}  // namespace

llvm::Value* MemoryAddress(CodeBuilder& builder, const MemArg& memarg,
                           llvm::Value* index, uint64_t size) {
  llvm::Value* start = Widen(builder, index);
  if (!HasGuardPages(builder, memarg.memory)) {
    CheckAccess(builder, memarg, start, size);
  }
  return NativeAddress(builder, memarg, start);
}

llvm::Value* AtomicAddress(CodeBuilder& builder, const MemArg& memarg,
                           llvm::Value* index, uint64_t size) {
  CodeBuilder& b = builder;
  llvm::Value* start = Widen(b, index);
  const bool is_checked = !HasGuardPages(b, memarg.memory);
  if (is_checked) CheckAccess(b, memarg, start, size);
  if (size > 1) {
    llvm::BasicBlock* misaligned = b.NewBlock("misaligned");
    llvm::BasicBlock* aligned = b.NewBlock("aligned");
    b.CreateCondBr(IsMisaligned(b, memarg, start, size), misaligned, aligned,
                   b.UnlikelyWeights());
    b.SetInsertPoint(misaligned);
    // To be out of bounds counts first.
    if (!is_checked) CheckAccess(b, memarg, start, size);
    b.Trap(TrapKind::kUnalignedAtomic);
    b.SetInsertPoint(aligned);
  }
  return NativeAddress(b, memarg, start);
}

llvm::Value* AtomicOffset(CodeBuilder& builder, const MemArg& memarg,
                          llvm::Value* index, uint64_t size) {
  CodeBuilder& b = builder;
  llvm::Value* start = Widen(b, index);
  CheckAccess(b, memarg, start, size);
  b.TrapIf(IsMisaligned(b, memarg, start, size), TrapKind::kUnalignedAtomic);
  return b.CreateAdd(start, b.getInt64(memarg.offset));
}

llvm::Value* LoadMemory(CodeBuilder& builder, const MemArg& memarg,
                        llvm::Type* type, llvm::Value* address) {
  llvm::LoadInst* load =
      builder.CreateAlignedLoad(type, address, llvm::Align(1));
  Configure(builder, memarg, load);
  // Otherwise a check has trapped before it could.
  if (HasGuardPages(builder, memarg.memory)) builder.AddMemoryLoad(load);
  return load;
}

void StoreMemory(CodeBuilder& builder, const MemArg& memarg, llvm::Value* value,
                 llvm::Value* address) {
  llvm::StoreInst* store =
      builder.CreateAlignedStore(value, address, llvm::Align(1));
  Configure(builder, memarg, store);
}

llvm::Value* LowerLoad(CodeBuilder& builder, Verb verb, Shape shape,
                       const MemArg& memarg, llvm::Value* index) {
  CodeBuilder& b = builder;
  llvm::Type* type = b.TypeOf(shape);
  if (verb == Verb::kLoad) {
    const uint64_t size = type->getPrimitiveSizeInBits() / 8;
    return LoadMemory(b, memarg, type, MemoryAddress(b, memarg, index, size));
  }
  const std::optional<NarrowLoad> narrow = NarrowLoadOf(verb);
  if (!narrow.has_value()) return nullptr;
  llvm::Value* loaded =
      LoadMemory(b, memarg, b.getIntNTy(narrow->width),
                 MemoryAddress(b, memarg, index, narrow->width / 8));
  return narrow->is_signed ? b.CreateSExt(loaded, type)
                           : b.CreateZExt(loaded, type);
}

bool LowerStore(CodeBuilder& builder, Verb verb, Shape shape,
                const MemArg& memarg, llvm::Value* index, llvm::Value* value) {
  CodeBuilder& b = builder;
  llvm::Type* type = nullptr;
  switch (verb) {
    case Verb::kStore:
      type = b.TypeOf(shape);
      break;
    case Verb::kStore8:
      type = b.getInt8Ty();
      break;
    case Verb::kStore16:
      type = b.getInt16Ty();
      break;
    case Verb::kStore32:
      type = b.getInt32Ty();
      break;
    default:
      return false;
  }
  const uint64_t size = type->getPrimitiveSizeInBits() / 8;
  llvm::Value* address = MemoryAddress(b, memarg, index, size);
  if (verb != Verb::kStore) value = b.CreateTrunc(value, type);
  StoreMemory(b, memarg, value, address);
  return true;
}

llvm::Value* LowerMemorySize(CodeBuilder& builder, uint32_t memory) {
  CodeBuilder& b = builder;
  const MemoryType& type = TypeOf(b, memory);
  llvm::Value* pages = b.CreateLShr(MemorySize(b, memory), type.page_size_log2);
  return type.limits.is64 ? pages : b.CreateTrunc(pages, b.getInt32Ty());
}

void MarkChecked(CodeBuilder& builder, llvm::CallInst* call) {
  builder.Locate(call);
  call->setMetadata(kCheckedRangeMetadata,
                    llvm::MDNode::get(builder.getContext(), {}));
}

llvm::Value* LowerMemoryGrow(CodeBuilder& builder, uint32_t memory,
                             llvm::Value* delta) {
  CodeBuilder& b = builder;
  llvm::Value* previous =
      b.CallLibcall(Libcall::kMemoryGrow,
                    {b.ContextPointer(), b.getInt32(memory), Widen(b, delta)});
  return TypeOf(b, memory).limits.is64
             ? previous
             : b.CreateTrunc(previous, b.getInt32Ty());
}

void LowerMemoryFill(CodeBuilder& builder, uint32_t memory,
                     llvm::Value* destination, llvm::Value* value,
                     llvm::Value* count) {
  CodeBuilder& b = builder;
  llvm::Value* size = Widen(b, count);
  llvm::Value* address = CheckedRange(b, memory, Widen(b, destination), size);
  MarkChecked(b,
              b.CreateMemSet(address, b.CreateTrunc(value, b.getInt8Ty()), size,
                             llvm::MaybeAlign(1), IsVolatile(b, memory)));
}

void LowerMemoryCopy(CodeBuilder& builder, uint32_t destination_memory,
                     uint32_t source_memory, llvm::Value* destination,
                     llvm::Value* source, llvm::Value* count) {
  CodeBuilder& b = builder;
  // With memories of both address types the count has the narrower one.
  llvm::Value* size = Widen(b, count);
  llvm::Value* to =
      CheckedRange(b, destination_memory, Widen(b, destination), size);
  llvm::Value* from = CheckedRange(b, source_memory, Widen(b, source), size);
  MarkChecked(b, b.CreateMemMove(to, llvm::MaybeAlign(1), from,
                                 llvm::MaybeAlign(1), size,
                                 IsVolatile(b, destination_memory) ||
                                     IsVolatile(b, source_memory)));
}

void LowerMemoryInit(CodeBuilder& builder, uint32_t memory, uint32_t segment,
                     llvm::Value* destination, llvm::Value* source,
                     llvm::Value* count) {
  CodeBuilder& b = builder;
  b.TrapUnless(b.CallLibcall(
                   Libcall::kMemoryInit,
                   {b.ContextPointer(), b.getInt32(memory), b.getInt32(segment),
                    Widen(b, destination), source, count}),
               TrapKind::kOutOfBoundsMemoryAccess);
}

void LowerDataDrop(CodeBuilder& builder, uint32_t segment) {
  builder.CallLibcall(Libcall::kDataDrop,
                      {builder.ContextPointer(), builder.getInt32(segment)});
}

std::optional<std::vector<llvm::Value*>> LowerBulkMemory(
    CodeBuilder& builder, const Instruction& instruction,
    absl::Span<llvm::Value* const> x) {
  CodeBuilder& b = builder;
  const uint32_t index = instruction.index;
  const uint32_t index2 = instruction.index2;
  switch (instruction.verb()) {
    case Verb::kMemorySize:
      return {{LowerMemorySize(b, index)}};
    case Verb::kMemoryGrow:
      return {{LowerMemoryGrow(b, index, x[0])}};
    case Verb::kMemoryFill:
      LowerMemoryFill(b, index, x[0], x[1], x[2]);
      return {{}};
    case Verb::kMemoryInit:
      LowerMemoryInit(b, index2, index, x[0], x[1], x[2]);
      return {{}};
    case Verb::kDataDrop:
      LowerDataDrop(b, index);
      return {{}};
    case Verb::kElemDrop:
      LowerElementDrop(b, index);
      return {{}};
    default:
      return std::nullopt;
  }
}

}  // namespace wasijit::compiler
