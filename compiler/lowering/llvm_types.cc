#include "compiler/lowering/llvm_types.h"

#include <cstdint>
#include <vector>

#include "llvm/ADT/APInt.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/ConstantRange.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Type.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {
namespace {

llvm::AttributeSet TransferAttributes(llvm::LLVMContext& context,
                                      const Module& module, ValueType type) {
  llvm::AttrBuilder attributes(context);
  attributes.addAttribute(llvm::Attribute::NoUndef);
  if (LlvmType(context, module, type)->isIntegerTy(32)) {
    const bool is_not_null = type.IsRef() && !type.IsNullable();
    attributes.addRangeAttr(
        llvm::ConstantRange(llvm::APInt(64, is_not_null ? 1 : 0),
                            llvm::APInt(64, uint64_t{1} << 32)));
  } else if (type.IsRef() && !type.IsNullable()) {
    attributes.addAttribute(llvm::Attribute::NonNull);
  }
  return llvm::AttributeSet::get(context, attributes);
}

llvm::AttributeSet ContextAttributes(llvm::LLVMContext& context) {
  llvm::AttrBuilder attributes(context);
  attributes.addAttribute(llvm::Attribute::SwiftSelf);
  attributes.addAttribute(llvm::Attribute::NoUndef);
  attributes.addAttribute(llvm::Attribute::NonNull);
  return llvm::AttributeSet::get(context, attributes);
}

// Completes a signature whose parameters are known.
void AddResults(llvm::LLVMContext& context, const Module& module,
                const FuncType& type,
                const std::vector<llvm::Type*>& parameters,
                const std::vector<llvm::AttributeSet>& attributes,
                NativeSignature& signature) {
  std::vector<llvm::Type*> results;
  llvm::AttributeSet result_attributes;
  LocationAssigner assigner = LocationAssigner::ForResults();
  for (ValueType result : type.results) {
    signature.results.push_back(assigner.Next(result));
    signature.result_numbers.push_back(static_cast<uint32_t>(results.size()));
    if (signature.results.back().kind == ValueLocation::Kind::kBuffer) continue;
    results.push_back(TransferType(context, module, result));
    result_attributes = TransferAttributes(context, module, result);
  }
  signature.register_results = static_cast<uint32_t>(results.size());
  if (results.size() != 1) result_attributes = llvm::AttributeSet();

  llvm::Type* result_type = llvm::Type::getVoidTy(context);
  if (results.size() == 1) result_type = results[0];
  if (results.size() > 1) {
    result_type = llvm::StructType::get(context, results);
  }
  signature.type =
      llvm::FunctionType::get(result_type, parameters, /*isVarArg=*/false);
  signature.attributes = llvm::AttributeList::get(
      context, llvm::AttributeSet(), result_attributes, attributes);
}

}  // namespace

bool IsGcReference(const Module& module, ValueType type) {
  return IsGcReference(type, [&](HeapType heap) { return module.Top(heap); });
}

llvm::Type* LlvmType(llvm::LLVMContext& context, const Module& module,
                     ValueType type) {
  switch (type.kind()) {
    case ValueType::Kind::kI32:
      return llvm::Type::getInt32Ty(context);
    case ValueType::Kind::kI64:
      return llvm::Type::getInt64Ty(context);
    case ValueType::Kind::kF32:
      return llvm::Type::getFloatTy(context);
    case ValueType::Kind::kF64:
      return llvm::Type::getDoubleTy(context);
    case ValueType::Kind::kV128:
      return llvm::FixedVectorType::get(llvm::Type::getInt8Ty(context), 16);
    case ValueType::Kind::kRef:
      if (IsGcReference(module, type)) return llvm::Type::getInt32Ty(context);
      break;
    case ValueType::Kind::kBottom:
      break;
  }
  return llvm::PointerType::getUnqual(context);
}

llvm::Type* TransferType(llvm::LLVMContext& context, const Module& module,
                         ValueType type) {
  llvm::Type* inside = LlvmType(context, module, type);
  return inside->isIntegerTy(32) ? llvm::Type::getInt64Ty(context) : inside;
}

NativeSignature NativeSignature::Natural(llvm::LLVMContext& context,
                                         const Module& module,
                                         const FuncType& type) {
  NativeSignature signature;
  std::vector<llvm::Type*> parameters = {llvm::PointerType::getUnqual(context)};
  std::vector<llvm::AttributeSet> attributes = {ContextAttributes(context)};
  LocationAssigner assigner = LocationAssigner::ForArguments();
  for (ValueType param : type.params) {
    const ValueLocation location = assigner.Next(param);
    const bool in_register = location.kind != ValueLocation::Kind::kBuffer;
    signature.arguments.push_back(location);
    signature.parameter_numbers.push_back(
        in_register ? static_cast<uint32_t>(parameters.size()) : 0);
    if (!in_register) continue;
    parameters.push_back(TransferType(context, module, param));
    attributes.push_back(TransferAttributes(context, module, param));
  }
  AddResults(context, module, type, parameters, attributes, signature);
  return signature;
}

NativeSignature NativeSignature::Universal(llvm::LLVMContext& context,
                                           const Module& module,
                                           const FuncType& type) {
  NativeSignature signature;
  LocationAssigner assigner = LocationAssigner::ForArguments();
  for (ValueType param : type.params) {
    const ValueLocation location = assigner.Next(param);
    signature.arguments.push_back(location);
    const uint32_t first = location.kind == ValueLocation::Kind::kVectorRegister
                               ? 1 + kIntegerArgumentRegisters
                               : 1;
    signature.parameter_numbers.push_back(
        location.kind == ValueLocation::Kind::kBuffer ? 0
                                                      : first + location.index);
  }
  std::vector<llvm::Type*> parameters = {llvm::PointerType::getUnqual(context)};
  parameters.insert(parameters.end(), kIntegerArgumentRegisters,
                    llvm::Type::getInt64Ty(context));
  parameters.insert(parameters.end(), kVectorArgumentRegisters,
                    LlvmType(context, module, ValueType::V128()));
  AddResults(context, module, type, parameters, {ContextAttributes(context)},
             signature);
  return signature;
}

}  // namespace wasijit::compiler
