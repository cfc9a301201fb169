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
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// Whether a type of the module is that of references in 32 bits (gc_layout.h).
bool IsGcReference(const Module& module, ValueType type);

// The type of a value of the module inside a function: v128 is <16 x i8>;
// references of the any hierarchy are i32 rather than pointers, since that is
// what objects hold, and an address is made of them where they are used, as of
// an index of a memory; other references are ptr.
llvm::Type* LlvmType(llvm::LLVMContext& context, const Module& module,
                     ValueType type);

// The type in which a value travels between functions: 32 bits as i64, zero
// extended (its bits are known, so addresses need no extension in the callee).
llvm::Type* TransferType(llvm::LLVMContext& context, const Module& module,
                         ValueType type);

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
                                 const Module& module, const FuncType& type);
  static NativeSignature Universal(llvm::LLVMContext& context,
                                   const Module& module, const FuncType& type);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_LLVM_TYPES_H_
