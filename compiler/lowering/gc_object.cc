#include "compiler/lowering/gc_object.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/memory.h"
#include "llvm/ADT/APInt.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/AtomicOrdering.h"
#include "runtime/abi/gc_cards.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {
namespace {

llvm::Value* HeapBase(CodeBuilder& b) {
  return b.LoadConstantField(
      b.getPtrTy(), b.layout().Context() + offsetof(VmContext, gc_base));
}

// A field of the VmGcHeap, which lies below the heap's base.
llvm::Value* HeapField(CodeBuilder& b, size_t offset) {
  return b.CreateInBoundsGEP(
      b.getInt8Ty(), HeapBase(b),
      b.getInt64(static_cast<int64_t>(offset) - int64_t{sizeof(VmGcHeap)}));
}

llvm::Value* At(CodeBuilder& b, llvm::Value* base, llvm::Value* distance) {
  return b.CreateGEP(b.getInt8Ty(), base, distance, "",
                     llvm::GEPNoWrapFlags::inBounds() |
                         llvm::GEPNoWrapFlags::noUnsignedWrap());
}

// Where free space begins: never 0, which is null.
llvm::Value* LoadNext(CodeBuilder& b) {
  llvm::LoadInst* next =
      b.CreateLoad(b.getInt32Ty(), HeapField(b, offsetof(VmGcHeap, next)));
  next->setMetadata(
      llvm::LLVMContext::MD_range,
      llvm::MDBuilder(b.getContext())
          .createRange(llvm::APInt(32, kGcFirstObject), llvm::APInt(32, 0)));
  return next;
}

// For the compiler alone: whatever stops the code stops it before or behind.
void Order(CodeBuilder& b) {
  b.CreateFence(llvm::AtomicOrdering::Release, llvm::SyncScope::SingleThread);
}

// Whether a collector follows what is stored.
bool IsFollowed(CodeBuilder& b, const StorageType& storage) {
  return storage.value.IsRef() &&
         b.module().Top(storage.value.heap_type()) != AbstractHeapType::kFunc;
}

llvm::Value* Card(CodeBuilder& b, llvm::Value* distance) {
  llvm::Value* cards =
      b.CreateInBoundsGEP(b.getInt8Ty(), HeapBase(b),
                          b.getInt64(-static_cast<int64_t>(kGcCardsDistance)));
  return At(b, cards, b.CreateLShr(distance, kGcCardShift));
}

llvm::Align AlignmentOf(uint32_t size) {
  return llvm::Align(std::min(size, kGcAlignment));
}

}  // namespace

llvm::Value* GcObjectAddress(CodeBuilder& builder, llvm::Value* reference) {
  return At(builder, HeapBase(builder),
            builder.CreateZExt(reference, builder.getInt64Ty()));
}

llvm::Value* GcPart(CodeBuilder& builder, llvm::Value* address,
                    uint64_t offset) {
  return At(builder, address, builder.getInt64(offset));
}

llvm::Value* GcHeaderOfType(CodeBuilder& builder, uint32_t type) {
  return builder.LoadConstantField(builder.getInt32Ty(),
                                   builder.layout().TypeId(type));
}

llvm::Value* GcDisplay(CodeBuilder& builder, llvm::Value* header) {
  CodeBuilder& b = builder;
  llvm::Value* displays =
      b.CreateLoad(b.getPtrTy(), HeapField(b, offsetof(VmGcHeap, displays)));
  llvm::Value* type = b.CreateAnd(header, (1u << kGcKindShift) - 1);
  return At(b, displays,
            b.CreateMul(b.CreateZExt(type, b.getInt64Ty()),
                        b.getInt64(kGcDisplaySize * sizeof(uint32_t))));
}

llvm::Value* GcAllocate(CodeBuilder& builder, llvm::Value* header,
                        llvm::Value* length, llvm::Value* size) {
  CodeBuilder& b = builder;
  llvm::BasicBlock* cut = b.NewBlock("new.cut");
  llvm::BasicBlock* call = b.NewBlock("new.call");
  llvm::BasicBlock* done = b.NewBlock("new.done");
  llvm::Value* next = LoadNext(b);
  llvm::Value* limit =
      b.CreateLoad(b.getInt32Ty(), HeapField(b, offsetof(VmGcHeap, limit)));
  llvm::Value* end = b.CreateAdd(b.CreateZExt(next, b.getInt64Ty()), size);
  b.CreateCondBr(b.CreateICmpUGT(end, b.CreateZExt(limit, b.getInt64Ty())),
                 call, cut, b.UnlikelyWeights());

  b.SetInsertPoint(cut);
  llvm::Value* address = GcObjectAddress(b, next);
  b.CreateStore(header, address);
  if (length != nullptr) {
    b.CreateStore(length, GcPart(b, address, kGcArrayLength));
  }
  // The collector walks from header to header up to `next`.
  Order(b);
  b.CreateStore(b.CreateTrunc(end, b.getInt32Ty()),
                HeapField(b, offsetof(VmGcHeap, next)));
  b.CreateBr(done);

  b.SetInsertPoint(call);
  llvm::Value* called = b.CallLibcall(
      Libcall::kGcAllocate, {b.ContextPointer(), header,
                             length == nullptr ? b.getInt32(0) : length, size});
  b.TrapIf(b.CreateIsNull(called), TrapKind::kAllocationFailure);
  llvm::BasicBlock* called_block = b.GetInsertBlock();
  b.CreateBr(done);

  b.SetInsertPoint(done);
  llvm::PHINode* reference = b.CreatePHI(b.getInt32Ty(), 2);
  reference->addIncoming(next, cut);
  reference->addIncoming(called, called_block);
  return reference;
}

void GcPublish(CodeBuilder& builder) { Order(builder); }

llvm::Value* GcLoad(CodeBuilder& builder, llvm::Value* address,
                    const StorageType& storage, bool sign_extends) {
  CodeBuilder& b = builder;
  const uint32_t size = GcSize(b, storage);
  if (storage.IsPacked()) {
    llvm::Value* packed =
        b.CreateAlignedLoad(b.getIntNTy(size * 8), address, AlignmentOf(size));
    return sign_extends ? b.CreateSExt(packed, b.getInt32Ty())
                        : b.CreateZExt(packed, b.getInt32Ty());
  }
  llvm::LoadInst* load =
      b.CreateAlignedLoad(b.TypeOf(storage.value), address, AlignmentOf(size));
  b.MarkNullability(load, storage.value);
  return load;
}

void GcStore(CodeBuilder& builder, llvm::Value* address,
             const StorageType& storage, llvm::Value* value) {
  CodeBuilder& b = builder;
  const uint32_t size = GcSize(b, storage);
  if (storage.IsPacked()) value = b.CreateTrunc(value, b.getIntNTy(size * 8));
  b.CreateAlignedStore(value, address, AlignmentOf(size), b.HasStrictTraps());
}

void GcNoteWrite(CodeBuilder& builder, llvm::Value* distance,
                 const StorageType& storage, llvm::Value* value) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (!IsFollowed(builder, storage) ||
      (constant != nullptr && constant->isNullValue())) {
    return;
  }
  builder.CreateStore(builder.getInt8(1), Card(builder, distance));
}

void GcNoteWrites(CodeBuilder& builder, llvm::Value* distance,
                  const StorageType& storage, llvm::Value* size) {
  CodeBuilder& b = builder;
  if (!IsFollowed(b, storage)) return;
  llvm::Value* last = b.CreateLShr(
      b.CreateSub(b.CreateAdd(distance, size), b.getInt64(1)), kGcCardShift);
  llvm::Value* count = b.CreateAdd(
      b.CreateSub(last, b.CreateLShr(distance, kGcCardShift)), b.getInt64(1));
  MarkChecked(b, b.CreateMemSet(Card(b, distance), b.getInt8(1), count,
                                llvm::Align(1)));
}

uint32_t GcSize(CodeBuilder& builder, const StorageType& storage) {
  return StorageSize(storage,
                     [&](HeapType type) { return builder.module().Top(type); });
}

}  // namespace wasijit::compiler
