#include "compiler/lowering/call.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/closed_tables.h"
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
#include "runtime/abi/libcalls.h"
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

// A value as the register of type `type` holds it: i32 zero-extended to 64
// bits; in a universal prototype references as integers and floats in the first
// lane of a vector.
llvm::Value* ToRegister(CodeBuilder& b, llvm::Value* value, llvm::Type* type) {
  if (value->getType() == type) return value;
  if (value->getType()->isPointerTy()) return b.CreatePtrToInt(value, type);
  if (type->isIntegerTy()) return b.CreateZExt(value, type);
  auto* vector = llvm::FixedVectorType::get(
      value->getType(), 128 / value->getType()->getScalarSizeInBits());
  return b.CreateBitCast(
      b.CreateInsertElement(llvm::PoisonValue::get(vector), value, uint64_t{0}),
      type);
}

llvm::Value* FromRegister(CodeBuilder& b, llvm::Value* value, ValueType type) {
  llvm::Type* wanted = b.TypeOf(type);
  if (value->getType() == wanted) return value;
  if (wanted->isPointerTy()) return b.CreateIntToPtr(value, wanted);
  if (wanted->isIntegerTy()) return b.CreateTrunc(value, wanted);
  auto* vector =
      llvm::FixedVectorType::get(wanted, 128 / wanted->getScalarSizeInBits());
  return b.CreateExtractElement(b.CreateBitCast(value, vector), uint64_t{0});
}

// The slots of the call buffer, whose address is loaded when first needed.
class CallBufferSlots {
 public:
  explicit CallBufferSlots(CodeBuilder& builder) : b_(builder) {}

  void Store(uint32_t slot, llvm::Value* value) {
    b_.CreateAlignedStore(b_.ToCell(value), Address(slot), kAlignment);
  }
  llvm::Value* Load(uint32_t slot, llvm::Type* type) {
    return b_.CreateAlignedLoad(type, Address(slot), kAlignment);
  }
  llvm::Value* Load(uint32_t slot, ValueType type) {
    return Load(slot, b_.TypeOf(type));
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
    results.push_back(FromRegister(b, value, type.results[i]));
  }
  return results;
}

// The register arguments of a call, with the others already in the buffer.
std::vector<llvm::Value*> PassArguments(
    CodeBuilder& b, const NativeSignature& signature, llvm::Value* context,
    absl::Span<llvm::Value* const> arguments) {
  CallBufferSlots buffer(b);
  std::vector<llvm::Value*> registers = {context};
  for (llvm::Type* type : signature.type->params().drop_front()) {
    registers.push_back(llvm::PoisonValue::get(type));
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ValueLocation location = signature.arguments[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      buffer.Store(location.index, arguments[i]);
      continue;
    }
    const uint32_t number = signature.parameter_numbers[i];
    registers[number] =
        ToRegister(b, arguments[i], signature.type->getParamType(number));
  }
  return registers;
}

void CompleteCall(const NativeSignature& signature, llvm::CallBase* call,
                  llvm::CallInst::TailCallKind kind) {
  call->setCallingConv(llvm::CallingConv::Swift);
  call->setAttributes(signature.attributes);
  if (auto* plain = llvm::dyn_cast<llvm::CallInst>(call)) {
    plain->setTailCallKind(kind);
  }
}

Values EmitCall(CodeBuilder& b, const FuncType& type,
                const NativeSignature& signature, const Callee& callee,
                absl::Span<llvm::Value* const> arguments) {
  // Not a tail call: endless recursion has to end in "call stack exhausted",
  // not in a loop.
  llvm::CallBase* call = b.CreateThrowingCall(
      signature.type, callee.code,
      PassArguments(b, signature, callee.context, arguments));
  CompleteCall(signature, call, llvm::CallInst::TCK_NoTail);
  return UnpackResults(b, type, signature, call);
}

// `registers` are the LLVM arguments, with the context.
void EmitMustTailCall(CodeBuilder& b, const NativeSignature& signature,
                      llvm::Value* code,
                      llvm::ArrayRef<llvm::Value*> registers) {
  // The frame is gone when the callee throws, so nothing here catches that.
  llvm::CallInst* call =
      b.Locate(b.CreateCall(signature.type, code, registers));
  CompleteCall(signature, call, llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy()) {
    b.CreateRetVoid();
  } else {
    b.CreateRet(call);
  }
}

void EmitTailCall(CodeBuilder& b, const NativeSignature& signature,
                  llvm::Value* code, absl::Span<llvm::Value* const> arguments) {
  EmitMustTailCall(b, signature, code,
                   PassArguments(b, signature, b.Context(), arguments));
}

// A tail call of what may be another instance's function. The context register
// is callee-saved: whoever called this function expects its own context in it
// afterwards. A callee with the same context leaves it; for another one the
// bridge keeps a frame that restores it.
void EmitTailCallOfAny(CodeBuilder& b, uint32_t type, const Callee& callee,
                       absl::Span<llvm::Value* const> arguments) {
  const NativeSignature& signature = b.lowering().UniversalSignatureOf(type);
  if (callee.context == b.Context()) {
    EmitTailCall(b, signature, callee.code, arguments);
    return;
  }
  llvm::BasicBlock* own = b.NewBlock("return_call.own");
  llvm::BasicBlock* other = b.NewBlock("return_call.other");
  b.CreateCondBr(b.CreateICmpEQ(callee.context, b.Context()), own, other);
  b.SetInsertPoint(own);
  EmitTailCall(b, signature, callee.code, arguments);
  b.SetInsertPoint(other);
  b.CallLibcall(Libcall::kPrepareTailCall, {callee.code, callee.context});
  EmitTailCall(b, signature, b.lowering().TailCallBridge(), arguments);
}

Callee ImportedCallee(CodeBuilder& b, uint32_t function) {
  const int64_t slot = b.layout().ImportSlot(function);
  return {
      b.LoadConstantField(b.getPtrTy(), slot + offsetof(VmImportSlot, code)),
      b.LoadConstantField(b.getPtrTy(),
                          slot + offsetof(VmImportSlot, context))};
}

llvm::Value* LoadField(CodeBuilder& b, llvm::Type* type, llvm::Value* base,
                       size_t offset) {
  return b.CreateLoad(
      type, b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset));
}

// What call_indirect calls; traps if there is none of the type.
Callee IndirectCallee(CodeBuilder& b, uint32_t type, uint32_t table,
                      llvm::Value* index) {
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
  if (b.module().types[type].is_final) {
    b.Trap(TrapKind::kIndirectCallTypeMismatch);
  } else {
    b.TrapUnless(b.CallLibcall(Libcall::kIsSubtype,
                               {b.ContextPointer(), found, expected}),
                 TrapKind::kIndirectCallTypeMismatch);
    b.CreateBr(matches);
  }
  b.SetInsertPoint(matches);
  llvm::Value* code =
      LoadField(b, b.getPtrTy(), element, offsetof(VmFunctionElement, code));
  if (b.lowering().input().closed_tables.CalleesOf(table, type).are_own) {
    return {code, b.Context()};
  }
  return {code, LoadField(b, b.getPtrTy(), element,
                          offsetof(VmFunctionElement, context))};
}

// The only function that a call_indirect can call, if there is just one; traps
// unless the index is its.
std::optional<uint32_t> OnlyIndirectCallee(CodeBuilder& b, uint32_t type,
                                           uint32_t table, llvm::Value* index) {
  const ClosedTables::Callees callees =
      b.lowering().input().closed_tables.CalleesOf(table, type);
  if (!callees.only_index.has_value()) return std::nullopt;
  llvm::BasicBlock* other = b.NewBlock("call.other");
  llvm::BasicBlock* only = b.NewBlock("call.only");
  llvm::Value* expected =
      llvm::ConstantInt::get(index->getType(), *callees.only_index);
  b.CreateCondBr(b.CreateICmpNE(index, expected), other, only,
                 b.UnlikelyWeights());
  b.SetInsertPoint(other);
  // Finds out which trap it is.
  IndirectCallee(b, type, table, index);
  b.Trap(TrapKind::kIndirectCallTypeMismatch);
  b.SetInsertPoint(only);
  return callees.only_function;
}

// What call_ref calls; traps on null.
Callee ReferencedCallee(CodeBuilder& b, llvm::Value* reference) {
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullFunctionReference);
  return {
      b.LoadConstant(b.getPtrTy(), reference, offsetof(VmFunction, code)),
      b.LoadConstant(b.getPtrTy(), reference, offsetof(VmFunction, context))};
}

bool IsImported(CodeBuilder& b, uint32_t function) {
  return function < b.module().num_imported_functions;
}

}  // namespace

Values LowerCall(CodeBuilder& builder, uint32_t function,
                 absl::Span<llvm::Value* const> arguments) {
  CodeBuilder& b = builder;
  const uint32_t type = b.module().functions[function].type;
  const FuncType& function_type = b.module().FuncTypeAt(type);
  if (IsImported(b, function)) {
    return EmitCall(b, function_type, b.lowering().SignatureOf(type),
                    ImportedCallee(b, function), arguments);
  }
  return EmitCall(b, function_type, b.lowering().DefinedSignatureOf(function),
                  {b.lowering().Declare(function), b.Context()}, arguments);
}

Values LowerCallIndirect(CodeBuilder& builder, uint32_t type, uint32_t table,
                         llvm::Value* index,
                         absl::Span<llvm::Value* const> arguments) {
  if (const std::optional<uint32_t> only =
          OnlyIndirectCallee(builder, type, table, index)) {
    return LowerCall(builder, *only, arguments);
  }
  return EmitCall(builder, builder.module().FuncTypeAt(type),
                  builder.lowering().SignatureOf(type),
                  IndirectCallee(builder, type, table, index), arguments);
}

Values LowerCallReference(CodeBuilder& builder, uint32_t type,
                          llvm::Value* reference,
                          absl::Span<llvm::Value* const> arguments) {
  return EmitCall(builder, builder.module().FuncTypeAt(type),
                  builder.lowering().SignatureOf(type),
                  ReferencedCallee(builder, reference), arguments);
}

void LowerReturnCall(CodeBuilder& builder, uint32_t function,
                     absl::Span<llvm::Value* const> arguments) {
  CodeBuilder& b = builder;
  const uint32_t type = b.module().functions[function].type;
  if (IsImported(b, function)) {
    EmitTailCallOfAny(b, type, ImportedCallee(b, function), arguments);
  } else {
    EmitTailCall(b, b.lowering().UniversalSignatureOf(type),
                 b.lowering().Declare(function), arguments);
  }
}

void LowerReturnCallIndirect(CodeBuilder& builder, uint32_t type,
                             uint32_t table, llvm::Value* index,
                             absl::Span<llvm::Value* const> arguments) {
  if (const std::optional<uint32_t> only =
          OnlyIndirectCallee(builder, type, table, index)) {
    LowerReturnCall(builder, *only, arguments);
    return;
  }
  EmitTailCallOfAny(builder, type, IndirectCallee(builder, type, table, index),
                    arguments);
}

void LowerReturnCallReference(CodeBuilder& builder, uint32_t type,
                              llvm::Value* reference,
                              absl::Span<llvm::Value* const> arguments) {
  EmitTailCallOfAny(builder, type, ReferencedCallee(builder, reference),
                    arguments);
}

llvm::Value* LowerFunctionReference(CodeBuilder& builder, uint32_t function) {
  CodeBuilder& b = builder;
  llvm::Value* records = b.LoadConstantField(
      b.getPtrTy(), b.layout().Context() + offsetof(VmContext, functions));
  const std::optional<uint32_t> record = b.layout().FunctionRecord(function);
  return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), records,
                                      *record * sizeof(VmFunction));
}

Values ReceiveArguments(CodeBuilder& builder, uint32_t function) {
  CodeBuilder& b = builder;
  const FuncType& type = b.module().FunctionType(function);
  const NativeSignature& signature = b.lowering().DefinedSignatureOf(function);
  CallBufferSlots buffer(b);
  Values arguments;
  for (size_t i = 0; i < type.params.size(); ++i) {
    const ValueLocation location = signature.arguments[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      arguments.push_back(buffer.Load(location.index, type.params[i]));
      continue;
    }
    arguments.push_back(
        FromRegister(b, b.function()->getArg(signature.parameter_numbers[i]),
                     type.params[i]));
  }
  return arguments;
}

void ReturnResults(CodeBuilder& builder, uint32_t function,
                   absl::Span<llvm::Value* const> results) {
  CodeBuilder& b = builder;
  const NativeSignature& signature = b.lowering().DefinedSignatureOf(function);
  if (results.empty()) {
    b.CreateRetVoid();
    return;
  }
  CallBufferSlots buffer(b);
  llvm::Type* return_type = b.function()->getReturnType();
  llvm::Value* returned = llvm::PoisonValue::get(return_type);
  for (size_t i = 0; i < results.size(); ++i) {
    const ValueLocation location = signature.results[i];
    if (location.kind == ValueLocation::Kind::kBuffer) {
      buffer.Store(location.index, results[i]);
    } else if (signature.register_results == 1) {
      returned = ToRegister(b, results[i], return_type);
    } else {
      const uint32_t number = signature.result_numbers[i];
      returned = b.CreateInsertValue(
          returned,
          ToRegister(b, results[i], return_type->getStructElementType(number)),
          number);
    }
  }
  b.CreateRet(returned);
}

void LowerReplacement(CodeBuilder& builder, uint32_t function,
                      llvm::Value* code, absl::Span<llvm::Value* const> state) {
  CodeBuilder& b = builder;
  CallBufferSlots buffer(b);
  for (size_t i = 0; i < state.size(); ++i) {
    buffer.Store(static_cast<uint32_t>(i), state[i]);
  }
  // Nothing reads them; poison is not allowed where the prototype has noundef.
  std::vector<llvm::Value*> own_arguments;
  for (llvm::Argument& argument : b.function()->args()) {
    own_arguments.push_back(&argument);
  }
  EmitMustTailCall(b, b.lowering().DefinedSignatureOf(function), code,
                   own_arguments);
}

Values ReceiveState(CodeBuilder& builder, absl::Span<llvm::Type* const> types) {
  CallBufferSlots buffer(builder);
  Values state;
  for (llvm::Type* type : types) {
    state.push_back(buffer.Load(static_cast<uint32_t>(state.size()), type));
  }
  return state;
}

}  // namespace wasijit::compiler
