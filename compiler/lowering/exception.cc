#include "compiler/lowering/exception.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/llvm_types.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

constexpr llvm::Align kCellAlignment = llvm::Align::Constant<kGcAlignment>();

llvm::Value* Cell(CodeBuilder& b, llvm::Value* exception, size_t index) {
  return b.CreateConstInBoundsGEP1_64(
      b.getInt8Ty(), exception,
      sizeof(VmException) + index * kExceptionCellSize);
}

llvm::Value* Tag(CodeBuilder& b, uint32_t tag) {
  return b.LoadConstantField(b.getPtrTy(), b.layout().TagSlot(tag));
}

}  // namespace

llvm::Value* LowerNewException(CodeBuilder& builder, uint32_t tag,
                               absl::Span<llvm::Value* const> payload) {
  CodeBuilder& b = builder;
  llvm::Value* exception =
      b.CallLibcall(Libcall::kNewException, {b.ContextPointer(), Tag(b, tag)});
  b.TrapIf(b.CreateIsNull(exception), TrapKind::kAllocationFailure);
  for (size_t i = 0; i < payload.size(); ++i) {
    b.CreateAlignedStore(b.ToCell(payload[i]), Cell(b, exception, i),
                         kCellAlignment);
  }
  return exception;
}

llvm::Value* LowerHasTag(CodeBuilder& builder, llvm::Value* exception,
                         uint32_t tag) {
  CodeBuilder& b = builder;
  return b.CreateICmpEQ(
      b.LoadConstant(b.getPtrTy(), exception, offsetof(VmException, tag)),
      Tag(b, tag));
}

Values LowerPayload(CodeBuilder& builder, llvm::Value* exception,
                    uint32_t tag) {
  CodeBuilder& b = builder;
  const std::vector<ValueType>& types = b.module().TagParameters(tag).params;
  Values payload;
  for (size_t i = 0; i < types.size(); ++i) {
    payload.push_back(b.CreateAlignedLoad(
        b.TypeOf(types[i]), Cell(b, exception, i), kCellAlignment));
  }
  return payload;
}

void LowerThrowOut(CodeBuilder& builder, llvm::Value* exception) {
  builder.CallLibcall(Libcall::kThrow, {exception});
  builder.CreateUnreachable();
}

llvm::Value* LowerLandingPad(CodeBuilder& builder) {
  CodeBuilder& b = builder;
  llvm::LandingPadInst* pad = b.CreateLandingPad(
      llvm::StructType::get(b.getPtrTy(), b.getInt32Ty()), /*NumClauses=*/0);
  pad->setCleanup(true);
  return b.CreateExtractValue(pad, 0);
}

}  // namespace wasijit::compiler
