#include "compiler/lowering/code_builder.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "compiler/lowering/llvm_types.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/verb.h"
#include "llvm/ADT/APInt.h"
#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Metadata.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"

namespace wasijit::compiler {

CodeBuilder::CodeBuilder(ModuleLowering& lowering, llvm::Function* function,
                         uint32_t bytecode_offset)
    : llvm::IRBuilder<>(lowering.context()),
      lowering_(lowering),
      function_(function),
      subprogram_(lowering.DebugSubprogram(function, bytecode_offset)),
      bytecode_offset_(bytecode_offset) {}

llvm::Type* CodeBuilder::TypeOf(ValueType type) {
  return LlvmType(getContext(), module(), type);
}

llvm::Type* CodeBuilder::TypeOf(Shape shape) {
  switch (shape) {
    case Shape::kI32:
      return getInt32Ty();
    case Shape::kI64:
      return getInt64Ty();
    case Shape::kF32:
      return getFloatTy();
    case Shape::kF64:
      return getDoubleTy();
    case Shape::kI16x8:
      return llvm::FixedVectorType::get(getInt16Ty(), 8);
    case Shape::kI32x4:
      return llvm::FixedVectorType::get(getInt32Ty(), 4);
    case Shape::kI64x2:
      return llvm::FixedVectorType::get(getInt64Ty(), 2);
    case Shape::kF32x4:
      return llvm::FixedVectorType::get(getFloatTy(), 4);
    case Shape::kF64x2:
      return llvm::FixedVectorType::get(getDoubleTy(), 2);
    case Shape::kNone:
    case Shape::kV128:
    case Shape::kI8x16:
      break;
  }
  return llvm::FixedVectorType::get(getInt8Ty(), 16);
}

llvm::Value* CodeBuilder::AsLanes(llvm::Value* value, Shape shape) {
  llvm::Type* type = TypeOf(shape);
  while (auto* cast = llvm::dyn_cast<llvm::BitCastInst>(value)) {
    value = cast->getOperand(0);
  }
  if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
    return llvm::ConstantFoldCastOperand(
        llvm::Instruction::BitCast, constant, type,
        lowering_.llvm_module().getDataLayout());
  }
  return CreateBitCast(value, type);
}

llvm::BasicBlock* CodeBuilder::NewBlock(const llvm::Twine& name) {
  return llvm::BasicBlock::Create(getContext(), name, function_);
}

llvm::DILocation* CodeBuilder::DebugLocation() {
  return llvm::DILocation::get(getContext(), bytecode_offset_, /*Column=*/0,
                               subprogram_);
}

llvm::Value* CodeBuilder::ContextField(int64_t displacement) {
  const int64_t offset =
      displacement - layout().PinnedDisplacement(target().pinned());
  if (offset == 0) return Context();
  return CreateInBoundsGEP(getInt8Ty(), Context(), getInt64(offset));
}

llvm::Value* CodeBuilder::LoadConstantField(llvm::Type* type,
                                            int64_t displacement) {
  return LoadConstant(type, ContextField(displacement), 0);
}

llvm::Value* CodeBuilder::LoadConstant(llvm::Type* type, llvm::Value* base,
                                       uint64_t offset) {
  llvm::Value* address =
      offset == 0 ? base
                  : CreateConstInBoundsGEP1_64(getInt8Ty(), base, offset);
  llvm::LoadInst* load = CreateLoad(type, address);
  load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                    llvm::MDNode::get(getContext(), {}));
  return load;
}

llvm::Value* CodeBuilder::ContextPointer() {
  return ContextField(layout().Context());
}

llvm::Value* CodeBuilder::CallBuffer() {
  return LoadConstantField(
      getPtrTy(), layout().Context() + offsetof(VmContext, call_buffer));
}

void CodeBuilder::MarkNullability(llvm::LoadInst* load, ValueType type) {
  if (!type.IsRef() || type.IsNullable()) return;
  if (load->getType()->isPointerTy()) {
    load->setMetadata(llvm::LLVMContext::MD_nonnull,
                      llvm::MDNode::get(getContext(), {}));
  } else {
    // From 1 to the greatest number.
    load->setMetadata(llvm::LLVMContext::MD_range,
                      llvm::MDBuilder(getContext())
                          .createRange(llvm::APInt(32, 1), llvm::APInt(32, 0)));
  }
}

llvm::Value* CodeBuilder::IsTrue(llvm::Value* condition) {
  if (auto* extension = llvm::dyn_cast<llvm::ZExtInst>(condition);
      extension != nullptr && extension->getSrcTy()->isIntegerTy(1)) {
    return extension->getOperand(0);
  }
  return CreateIsNotNull(condition);
}

llvm::MDNode* CodeBuilder::UnlikelyWeights() {
  return llvm::MDBuilder(getContext()).createUnlikelyBranchWeights();
}

llvm::MDNode* CodeBuilder::HintedWeights() {
  const auto& hints = lowering_.input().branch_hints;
  const auto hint = hints.find(bytecode_offset_);
  if (hint == hints.end()) return nullptr;
  llvm::MDBuilder builder(getContext());
  return hint->second ? builder.createLikelyBranchWeights()
                      : builder.createUnlikelyBranchWeights();
}

void CodeBuilder::TrapIf(llvm::Value* condition, TrapKind kind) {
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition);
      known != nullptr && known->isZero()) {
    return;
  }
  llvm::BasicBlock* trap = NewBlock(absl::StrCat(
      "trap.", absl::AsciiStrToLower(std::string(TrapName(kind)))));
  llvm::BasicBlock* proceed = NewBlock("ok");
  CreateCondBr(condition, trap, proceed, UnlikelyWeights());
  SetInsertPoint(trap);
  Trap(kind);
  SetInsertPoint(proceed);
}

void CodeBuilder::TrapUnless(llvm::Value* condition, TrapKind kind) {
  TrapIf(CreateNot(condition), kind);
}

void CodeBuilder::Trap(TrapKind kind) {
  // Stores before the trap are visible after it; without the fence LLVM would
  // delete those that no path overwrites or reads.
  CreateFence(llvm::AtomicOrdering::SequentiallyConsistent,
              llvm::SyncScope::SingleThread);
  llvm::CallInst* trap =
      Locate(CreateIntrinsic(getVoidTy(), llvm::Intrinsic::ubsantrap,
                             {getInt8(static_cast<uint8_t>(kind))}));
  // Each place keeps its own instruction, hence its own location.
  trap->addFnAttr(llvm::Attribute::NoMerge);
  trap->setDoesNotReturn();
  CreateUnreachable();
}

llvm::CallBase* CodeBuilder::CreateThrowingCall(
    llvm::FunctionType* type, llvm::Value* code,
    llvm::ArrayRef<llvm::Value*> arguments) {
  if (unwind_target_ == nullptr) {
    return Locate(CreateCall(type, code, arguments));
  }
  function_->setPersonalityFn(lowering_.Personality());
  llvm::BasicBlock* proceed = NewBlock("returned");
  llvm::InvokeInst* call =
      CreateInvoke(type, code, proceed, unwind_target_, arguments);
  unwinding_block_ = call->getParent();
  SetInsertPoint(proceed);
  return Locate(call);
}

llvm::CallInst* CodeBuilder::CallLibcall(
    Libcall libcall, std::initializer_list<llvm::Value*> arguments) {
  llvm::FunctionCallee callee = lowering_.LibcallCallee(libcall);
  llvm::CallInst* call =
      Locate(CreateCall(callee, llvm::ArrayRef<llvm::Value*>(arguments)));
  call->setAttributes(
      llvm::cast<llvm::Function>(callee.getCallee())->getAttributes());
  return call;
}

}  // namespace wasijit::compiler
