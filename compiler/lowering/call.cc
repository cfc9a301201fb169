#include "compiler/lowering/call.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/llvm_types.h"
#include "compiler/lowering/table.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "llvm/Support/Alignment.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// What is called: native code and the context it expects.
struct Callee {
  llvm::Value* code;
  llvm::Value* context;
};

// i32 travels zero-extended to 64 bits.
llvm::Value* ToTransfer(CodeBuilder& b, llvm::Value* value) {
  return value->getType()->isIntegerTy(32)
             ? b.CreateZExt(value, b.getInt64Ty())
             : value;
}

llvm::Value* FromTransfer(CodeBuilder& b, llvm::Value* value, ValueType type) {
  return type == ValueType::I32() ? b.CreateTrunc(value, b.getInt32Ty())
                                  : value;
}

// The slots of the call buffer, whose address is loaded when first needed.
class CallBufferSlots {
 public:
  explicit CallBufferSlots(CodeBuilder& builder) : b_(builder) {}

  void Store(uint32_t slot, llvm::Value* value) {
    b_.CreateAlignedStore(value, Address(slot), kAlignment);
  }
  llvm::Value* Load(uint32_t slot, ValueType type) {
    return b_.CreateAlignedLoad(LlvmType(b_.getContext(), type), Address(slot),
                                kAlignment);
  }

 private:
  static constexpr llvm::Align kAlignment =
      llvm::Align::Constant<kCallBufferSlotSize>();

  llvm::Value* Address(uint32_t slot) {
    if (buffer_ == nullptr) buffer_ = b_.CallBuffer();
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), buffer_,
                                         slot * kCallBufferSlotSize);
  }

  CodeBuilder& b_;
  llvm::Value* buffer_ = nullptr;
};

Values UnpackResults(CodeBuilder& b, const FuncType& type,
                     const NativeSignature& signature, llvm::Value* returned) {
  CallBufferSlots buffer(b);
  Values results;
  for (size_t i = 0; i < type.results.size(); ++i) {
    const ValueLocation location = signature.results[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      results.push_back(buffer.Load(location.index, type.results[i]));
      continue;
    }
    llvm::Value* value =
        signature.register_results == 1
            ? returned
            : b.CreateExtractValue(returned, signature.result_numbers[i]);
    results.push_back(FromTransfer(b, value, type.results[i]));
  }
  return results;
}

Values EmitCall(CodeBuilder& b, uint32_t type_index, const Callee& callee,
                absl::Span<llvm::Value* const> arguments) {
  const FuncType& type = b.module().FuncTypeAt(type_index);
  const NativeSignature& signature = b.lowering().SignatureOf(type_index);
  CallBufferSlots buffer(b);
  std::vector<llvm::Value*> registers = {callee.context};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ValueLocation location = signature.arguments[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      buffer.Store(location.index, arguments[i]);
    } else {
      registers.push_back(ToTransfer(b, arguments[i]));
    }
  }
  llvm::CallInst* call =
      b.Locate(b.CreateCall(signature.type, callee.code, registers));
  call->setCallingConv(llvm::CallingConv::Swift);
  call->setAttributes(signature.attributes);
  call->setDoesNotThrow();
  // Endless recursion has to end in "call stack exhausted", not in a loop.
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  return UnpackResults(b, type, signature, call);
}

Callee ImportedCallee(CodeBuilder& b, uint32_t function) {
  const int64_t slot = b.layout().ImportSlot(function);
  return {b.LoadConstantField(b.getPtrTy(),
                              slot + offsetof(VmImportSlot, code)),
          b.LoadConstantField(b.getPtrTy(),
                              slot + offsetof(VmImportSlot, context))};
}

llvm::Value* LoadField(CodeBuilder& b, llvm::Type* type, llvm::Value* base,
                       size_t offset) {
  return b.CreateLoad(type,
                      b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset));
}

}  // namespace

Values LowerCall(CodeBuilder& builder, uint32_t function,
                 absl::Span<llvm::Value* const> arguments) {
  CodeBuilder& b = builder;
  const bool is_imported = function < b.module().num_imported_functions;
  const Callee callee =
      is_imported ? ImportedCallee(b, function)
                  : Callee{b.lowering().Declare(function), b.Context()};
  return EmitCall(b, b.module().functions[function].type, callee, arguments);
}

Values LowerCallIndirect(CodeBuilder& builder, uint32_t type, uint32_t table,
                         llvm::Value* index,
                         absl::Span<llvm::Value* const> arguments) {
  CodeBuilder& b = builder;
  llvm::Value* element =
      TableElementAddress(b, table, index, TrapKind::kUndefinedElement);
  llvm::Value* found = LoadField(b, b.getInt32Ty(), element,
                                 offsetof(VmFunctionElement, type_id));
  llvm::Value* expected =
      b.LoadConstantField(b.getInt32Ty(), b.layout().TypeId(type));

  llvm::BasicBlock* mismatch = b.NewBlock("call.mismatch");
  llvm::BasicBlock* matches = b.NewBlock("ok");
  b.CreateCondBr(b.CreateICmpNE(found, expected), mismatch, matches,
                 b.UnlikelyWeights());
  b.SetInsertPoint(mismatch);
  b.TrapIf(b.CreateIsNull(found), TrapKind::kUninitializedElement);
  b.Trap(TrapKind::kIndirectCallTypeMismatch);
  b.SetInsertPoint(matches);

  const Callee callee = {
      LoadField(b, b.getPtrTy(), element, offsetof(VmFunctionElement, code)),
      LoadField(b, b.getPtrTy(), element,
                offsetof(VmFunctionElement, context))};
  return EmitCall(b, type, callee, arguments);
}

Values LowerCallReference(CodeBuilder& builder, uint32_t type,
                          llvm::Value* reference,
                          absl::Span<llvm::Value* const> arguments) {
  CodeBuilder& b = builder;
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullFunctionReference);
  const Callee callee = {
      b.LoadConstant(b.getPtrTy(), reference, offsetof(VmFunction, code)),
      b.LoadConstant(b.getPtrTy(), reference, offsetof(VmFunction, context))};
  return EmitCall(b, type, callee, arguments);
}

llvm::Value* LowerFunctionReference(CodeBuilder& builder, uint32_t function) {
  CodeBuilder& b = builder;
  llvm::Value* records = b.LoadConstantField(
      b.getPtrTy(), b.layout().Context() + offsetof(VmContext, functions));
  const std::optional<uint32_t> record = b.layout().FunctionRecord(function);
  return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), records,
                                      *record * sizeof(VmFunction));
}

Values ReceiveArguments(CodeBuilder& builder, uint32_t type) {
  CodeBuilder& b = builder;
  const FuncType& function_type = b.module().FuncTypeAt(type);
  const NativeSignature& signature = b.lowering().SignatureOf(type);
  CallBufferSlots buffer(b);
  Values arguments;
  for (size_t i = 0; i < function_type.params.size(); ++i) {
    const ValueLocation location = signature.arguments[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      arguments.push_back(buffer.Load(location.index, function_type.params[i]));
      continue;
    }
    arguments.push_back(
        FromTransfer(b, b.function()->getArg(signature.parameter_numbers[i]),
                     function_type.params[i]));
  }
  return arguments;
}

void ReturnResults(CodeBuilder& builder, uint32_t type,
                   absl::Span<llvm::Value* const> results) {
  CodeBuilder& b = builder;
  const NativeSignature& signature = b.lowering().SignatureOf(type);
  if (results.empty()) {
    b.CreateRetVoid();
    return;
  }
  CallBufferSlots buffer(b);
  llvm::Value* returned = signature.register_results == 1
                              ? nullptr
                              : llvm::PoisonValue::get(
                                    b.function()->getReturnType());
  for (size_t i = 0; i < results.size(); ++i) {
    const ValueLocation location = signature.results[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      buffer.Store(location.index, results[i]);
    } else if (signature.register_results == 1) {
      returned = ToTransfer(b, results[i]);
    } else {
      returned = b.CreateInsertValue(returned, ToTransfer(b, results[i]),
                                     signature.result_numbers[i]);
    }
  }
  b.CreateRet(returned);
}

}  // namespace wasijit::compiler
