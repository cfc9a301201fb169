// WebAssembly types and function signatures as LLVM sees them.
#ifndef WASIJIT_COMPILER_LOWERING_LLVM_TYPES_H_
#define WASIJIT_COMPILER_LOWERING_LLVM_TYPES_H_

#include <cstdint>
#include <vector>

#include "llvm/IR/Attributes.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Type.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// The type of a value inside a function: v128 is <16 x i8>, references are ptr.
llvm::Type* LlvmType(llvm::LLVMContext& context, ValueType type);

// The type in which a value travels between functions: i32 as i64, zero
// extended (its bits are known, so addresses need no extension in the callee).
llvm::Type* TransferType(llvm::LLVMContext& context, ValueType type);

// A function type with the convention of runtime/abi/calling_convention.h:
// the pinned context first, then the register arguments.
//
// The natural prototype has the parameters that the type needs. The universal
// prototype has every argument register, six i64 and eight vectors; arguments
// are in the same registers, so code that is called one way may be defined the
// other. LLVM guarantees a tail call only between equal prototypes, so
// functions that make one have the universal prototype.
struct NativeSignature {
  llvm::FunctionType* type;
  llvm::AttributeList attributes;
  std::vector<ValueLocation> arguments;
  std::vector<ValueLocation> results;
  // LLVM parameter number of each argument that is in a register, else 0.
  std::vector<uint32_t> parameter_numbers;
  // Position among the register results, for those that are in registers.
  std::vector<uint32_t> result_numbers;
  uint32_t register_results = 0;

  static NativeSignature Natural(llvm::LLVMContext& context,
                                 const FuncType& type);
  static NativeSignature Universal(llvm::LLVMContext& context,
                                   const FuncType& type);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_LLVM_TYPES_H_
