#include "compiler/lowering/atomic.h"

#include <cstdint>
#include <optional>

#include "compiler/lowering/memory.h"
#include "compiler/syntax/immediates.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Type.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/AtomicOrdering.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

using RmwOperation = llvm::AtomicRMWInst::BinOp;

constexpr auto kOrder = llvm::AtomicOrdering::SequentiallyConsistent;

std::optional<RmwOperation> RmwOperationOf(Verb verb) {
  if (verb < Verb::kAtomicRmwAdd || verb >= Verb::kAtomicRmwCmpxchg) {
    return std::nullopt;
  }
  if (verb < Verb::kAtomicRmwSub) return RmwOperation::Add;
  if (verb < Verb::kAtomicRmwAnd) return RmwOperation::Sub;
  if (verb < Verb::kAtomicRmwOr) return RmwOperation::And;
  if (verb < Verb::kAtomicRmwXor) return RmwOperation::Or;
  if (verb < Verb::kAtomicRmwXchg) return RmwOperation::Xor;
  return RmwOperation::Xchg;
}

// One access. It is in no alias scope: other memories' accesses must not move
// across it either.
class AtomicAccess {
 public:
  AtomicAccess(CodeBuilder& builder, const Instruction& instruction,
               llvm::Value* index)
      : b_(builder),
        size_(uint64_t{1} << instruction.info().access_size_log2),
        type_(b_.getIntNTy(static_cast<unsigned>(size_ * 8))),
        address_(AtomicAddress(b_, instruction.memarg, index, size_)) {}

  llvm::Value* Load(llvm::Type* result) {
    llvm::LoadInst* load = b_.CreateAlignedLoad(type_, address_, Alignment());
    load->setAtomic(kOrder);
    return b_.CreateZExt(b_.Locate(load), result);
  }

  void Store(llvm::Value* value) {
    llvm::StoreInst* store = b_.CreateAlignedStore(b_.CreateTrunc(value, type_),
                                                   address_, Alignment());
    store->setAtomic(kOrder);
    b_.Locate(store);
  }

  llvm::Value* Modify(RmwOperation operation, llvm::Value* value) {
    llvm::Value* const operand = b_.CreateTrunc(value, type_);
    // Of `or 0` and the like LLVM keeps no more than a fence, whenever it finds
    // out what the operand is.
    if (operation != RmwOperation::Xchg) {
      b_.Locate(b_.CreateAlignedLoad(type_, address_, Alignment(),
                                     /*isVolatile=*/true));
    }
    llvm::Value* old = b_.Locate(
        b_.CreateAtomicRMW(operation, address_, operand, Alignment(), kOrder));
    return b_.CreateZExt(old, value->getType());
  }

  llvm::Value* CompareExchange(llvm::Value* expected, llvm::Value* value) {
    llvm::Value* narrow_expected = b_.CreateTrunc(expected, type_);
    llvm::Value* narrow_value = b_.CreateTrunc(value, type_);
    if (type_ != expected->getType()) {
      // What memory has is compared zero-extended, so wider values never
      // match. Then at most the same value is written back.
      llvm::Value* can_match = b_.CreateICmpEQ(
          b_.CreateZExt(narrow_expected, expected->getType()), expected);
      narrow_value = b_.CreateSelect(can_match, narrow_value, narrow_expected);
    }
    llvm::Value* pair = b_.Locate(b_.CreateAtomicCmpXchg(
        address_, narrow_expected, narrow_value, Alignment(), kOrder, kOrder));
    return b_.CreateZExt(b_.CreateExtractValue(pair, 0), expected->getType());
  }

 private:
  llvm::Align Alignment() const { return llvm::Align(size_); }

  CodeBuilder& b_;
  const uint64_t size_;
  llvm::Type* const type_;
  llvm::Value* const address_;
};

llvm::Value* Wait(CodeBuilder& b, const Instruction& instruction,
                  absl::Span<llvm::Value* const> x) {
  const uint32_t memory = instruction.memarg.memory;
  const bool is_wide = instruction.info().access_size_log2 == 3;
  llvm::Value* offset =
      AtomicOffset(b, instruction.memarg, x[0], is_wide ? 8 : 4);
  if (!b.module().memories[memory].shared) {
    b.TrapIf(b.getTrue(), TrapKind::kExpectedSharedMemory);
    return b.getInt32(0);
  }
  llvm::Value* result = b.CallLibcall(
      is_wide ? Libcall::kAtomicWait64 : Libcall::kAtomicWait32,
      {b.ContextPointer(), b.getInt32(memory), offset, x[1], x[2]});
  b.TrapIf(b.CreateICmpSLT(result, b.getInt32(0)), TrapKind::kInterrupted);
  return result;
}

llvm::Value* Notify(CodeBuilder& b, const Instruction& instruction,
                    absl::Span<llvm::Value* const> x) {
  const uint32_t memory = instruction.memarg.memory;
  llvm::Value* offset = AtomicOffset(b, instruction.memarg, x[0], 4);
  // Nobody can wait there.
  if (!b.module().memories[memory].shared) return b.getInt32(0);
  return b.CallLibcall(Libcall::kAtomicNotify,
                       {b.ContextPointer(), b.getInt32(memory), offset, x[1]});
}

}  // namespace

llvm::Value* LowerAtomic(CodeBuilder& builder, const Instruction& instruction,
                         absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  const Verb verb = instruction.verb();
  if (verb == Verb::kAtomicFence) {
    b.CreateFence(kOrder);
    return nullptr;
  }
  if (verb == Verb::kAtomicWait) return Wait(b, instruction, x);
  if (verb == Verb::kAtomicNotify) return Notify(b, instruction, x);
  AtomicAccess access(b, instruction, x[0]);
  if (verb < Verb::kAtomicStore) {
    return access.Load(b.TypeOf(instruction.info().shape));
  }
  if (verb < Verb::kAtomicRmwAdd) {
    access.Store(x[1]);
    return nullptr;
  }
  if (const std::optional<RmwOperation> operation = RmwOperationOf(verb)) {
    return access.Modify(*operation, x[1]);
  }
  return access.CompareExchange(x[1], x[2]);
}

}  // namespace wasijit::compiler
