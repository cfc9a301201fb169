// One LLVM module that functions of a WebAssembly module are lowered into.
#ifndef WASIJIT_COMPILER_LOWERING_MODULE_LOWERING_H_
#define WASIJIT_COMPILER_LOWERING_MODULE_LOWERING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/lowering/closed_tables.h"
#include "compiler/lowering/llvm_types.h"
#include "compiler/target/target.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

struct LoweringOptions {
  BoundsChecks bounds_checks = BoundsChecks::kGuardPages;
  // Makes every memory access volatile: traps then happen exactly in the order
  // of the specification, at the cost of vectorisation and store forwarding.
  bool strict_traps = false;
  // Makes code count how often it runs (counter.h).
  bool counts = false;
  // Makes results the same on all targets: NaNs are canonical, and relaxed
  // instructions do what the strict ones do.
  bool deterministic = false;
};

// Whether a function's code is for this LLVM module's object, or only for
// inlining into functions that are.
enum class CodePurpose : uint8_t { kEmit, kInline };

// Everything about a module that does not depend on the LLVM context; shared by
// the threads that lower its functions.
struct LoweringInput {
  const Module& module;
  const VmContextLayout& layout;
  const Target& target;
  LoweringOptions options;
  // By function index: whether its body has a tail call.
  std::vector<bool> tail_callers;
  ClosedTables closed_tables;
  // By type index; empty for other types than structures.
  std::vector<GcStructureLayout> structures;
  // By offset of a conditional branch in the module's bytes: whether it is
  // likely to be taken (branch hinting proposal).
  absl::flat_hash_map<uint32_t, bool> branch_hints;

  LoweringInput(const Module& module, const VmContextLayout& layout,
                const Target& target, LoweringOptions options);

 private:
  // What only the instructions tell.
  void ScanBodies();
};

// Single-threaded, like its LLVM context.
class ModuleLowering {
 public:
  // `input` must outlive this.
  ModuleLowering(const LoweringInput& input, llvm::LLVMContext& context);
  ModuleLowering(const ModuleLowering&) = delete;
  ModuleLowering& operator=(const ModuleLowering&) = delete;

  // Lowers a defined function.
  // REQUIRES: the module is valid.
  void LowerFunction(uint32_t function, CodePurpose purpose);

  // Lowers it for its own object from the head of a loop on (LowerBodyFrom), as
  // LoopEntrySymbol.
  void LowerLoopEntry(uint32_t function, uint32_t loop);

  // Ends lowering and hands over the result.
  std::unique_ptr<llvm::Module> Finish() &&;

  // For the lowering of functions.
  const LoweringInput& input() const { return input_; }
  llvm::LLVMContext& context() { return context_; }
  llvm::Module& llvm_module() { return *llvm_module_; }
  // The natural and the universal prototype of a type of the module.
  const NativeSignature& SignatureOf(uint32_t type);
  const NativeSignature& UniversalSignatureOf(uint32_t type);
  // The one with which a defined function is defined.
  const NativeSignature& DefinedSignatureOf(uint32_t function);
  // The declaration of a function of the module, imported ones excepted.
  llvm::Function* Declare(uint32_t function);
  llvm::FunctionCallee LibcallCallee(Libcall libcall);
  // The code of Libcall::kTailCallBridge, which is not a C function.
  llvm::Constant* TailCallBridge();
  // What functions with landing pads have to name; it is never called.
  llvm::Constant* Personality();
  llvm::DISubprogram* DebugSubprogram(llvm::Function* function,
                                      uint32_t bytecode_offset);

  // Alias scopes. A module whose only memory is its own memory 0 needs none:
  // LLVM sees that context fields and memory are apart.
  bool NeedsAliasScopes() const { return !memory_scopes_.empty(); }
  // Adds to an access of a memory that it does not touch other memories or the
  // context, or to an access of the context that it touches no memory.
  void MarkMemoryAccess(llvm::Instruction* access, uint32_t memory) const;
  void MarkContextAccess(llvm::Instruction* access) const;

 private:
  void CreateAliasScopes();
  llvm::Function* Create(uint32_t function, const std::string& name);

  const LoweringInput& input_;
  llvm::LLVMContext& context_;
  std::unique_ptr<llvm::Module> llvm_module_;
  llvm::DIBuilder debug_builder_;
  llvm::DIFile* debug_file_;
  llvm::DISubroutineType* debug_type_;
  llvm::AttributeSet function_attributes_;
  // By type index.
  absl::flat_hash_map<uint32_t, std::unique_ptr<NativeSignature>> signatures_;
  absl::flat_hash_map<uint32_t, std::unique_ptr<NativeSignature>>
      universal_signatures_;

  struct AliasScopes {
    llvm::MDNode* own;
    llvm::MDNode* others;
  };
  // The last one is the context's.
  std::vector<AliasScopes> memory_scopes_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_MODULE_LOWERING_H_
