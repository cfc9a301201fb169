// The vocabulary in which instructions are lowered: an LLVM builder that also
// knows the instance's context, traps and calls of the runtime.
//
// What gives an instruction its meaning takes a CodeBuilder, operands and
// immediates, and returns results; it knows neither the operand stack nor
// where values live.
#ifndef WASIJIT_COMPILER_LOWERING_CODE_BUILDER_H_
#define WASIJIT_COMPILER_LOWERING_CODE_BUILDER_H_

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

class CodeBuilder : public llvm::IRBuilder<> {
 public:
  // Builds into `function`, which is a compiled function of the module.
  CodeBuilder(ModuleLowering& lowering, llvm::Function* function,
              uint32_t bytecode_offset);

  ModuleLowering& lowering() { return lowering_; }
  const Module& module() const { return lowering_.input().module; }
  const VmContextLayout& layout() const { return lowering_.input().layout; }
  const Target& target() const { return lowering_.input().target; }
  // Whether accesses that can be seen after a trap are volatile.
  bool HasStrictTraps() const { return lowering_.input().options.strict_traps; }
  // Whether results must not depend on the target (--deterministic).
  bool IsDeterministic() const {
    return lowering_.input().options.deterministic;
  }
  bool IsX86() const {
    return target().traits().instruction_set == InstructionSet::kX86_64;
  }

  // The LLVM type of the module's values of a type.
  llvm::Type* TypeOf(ValueType type);
  // The LLVM type of a shape's values: a scalar, or a vector of lanes.
  llvm::Type* TypeOf(Shape shape);
  // A v128 as the lanes of a shape, and back. Scalars stay as they are.
  // Constants stay constants and casts do not pile up, so that who lowers an
  // instruction sees what its operands are.
  llvm::Value* AsLanes(llvm::Value* value, Shape shape);
  llvm::Value* AsV128(llvm::Value* lanes) {
    return AsLanes(lanes, Shape::kV128);
  }

  llvm::Function* function() { return function_; }
  llvm::BasicBlock* NewBlock(const llvm::Twine& name);

  // The instruction that is being lowered.
  void SetBytecodeOffset(uint32_t bytecode_offset) {
    bytecode_offset_ = bytecode_offset;
  }
  // Gives calls and what can trap its place in the bytecode. Nothing else has
  // one: places on every instruction cost a quarter more compile time.
  template <typename Instruction>
  Instruction* Locate(Instruction* instruction) {
    instruction->setDebugLoc(DebugLocation());
    return instruction;
  }

  // The pinned context register.
  llvm::Value* Context() { return function_->getArg(0); }
  // Address of the context's field at a displacement of VmContextLayout.
  llvm::Value* ContextField(int64_t displacement);
  // A field that never changes while the instance lives.
  llvm::Value* LoadConstantField(llvm::Type* type, int64_t displacement);
  llvm::Value* LoadConstant(llvm::Type* type, llvm::Value* base,
                            uint64_t offset);
  // The VmContext*, as libcalls take it.
  llvm::Value* ContextPointer();
  llvm::Value* CallBuffer();

  // Says of a load of a reference whether it may be null.
  void MarkNullability(llvm::LoadInst* load, ValueType type);
  // A value as the runtime reads it from a cell: 32 bits are zero-extended.
  llvm::Value* ToCell(llvm::Value* value) {
    return value->getType()->isIntegerTy(32) ? CreateZExt(value, getInt64Ty())
                                             : value;
  }

  // Whether an i32 is not 0. Undoes the extension of a comparison's result.
  llvm::Value* IsTrue(llvm::Value* condition);

  // Ends in a trap when `condition` holds; continues in a new block.
  void TrapIf(llvm::Value* condition, TrapKind kind);
  void TrapUnless(llvm::Value* condition, TrapKind kind);
  // Ends the block in a trap.
  void Trap(TrapKind kind);

  llvm::CallInst* CallLibcall(Libcall libcall,
                              std::initializer_list<llvm::Value*> arguments);

  // Where exceptions go that come out of the following calls of functions:
  // a block that begins with a landing pad, or null for out of the function.
  void SetUnwindTarget(llvm::BasicBlock* target) { unwind_target_ = target; }
  // A call through which exceptions may come. With an unwind target it ends the
  // block and goes on in a new one.
  llvm::CallBase* CreateThrowingCall(llvm::FunctionType* type,
                                     llvm::Value* code,
                                     llvm::ArrayRef<llvm::Value*> arguments);

  // The block that the last such call ended by unwinding elsewhere, or null.
  // Forgets it.
  llvm::BasicBlock* TakeUnwindingBlock() {
    return std::exchange(unwinding_block_, nullptr);
  }

  // Loads of linear memory, which may be traps; see KeepTraps.
  void AddMemoryLoad(llvm::LoadInst* load) { memory_loads_.push_back(load); }
  absl::Span<llvm::LoadInst* const> memory_loads() const {
    return memory_loads_;
  }

  // Weights for a branch whose first successor hardly ever happens.
  llvm::MDNode* UnlikelyWeights();
  // Those that the module hints at for the present instruction, or null.
  llvm::MDNode* HintedWeights();

 private:
  llvm::DILocation* DebugLocation();

  ModuleLowering& lowering_;
  llvm::Function* function_;
  llvm::DISubprogram* subprogram_;
  uint32_t bytecode_offset_;
  llvm::BasicBlock* unwind_target_ = nullptr;
  llvm::BasicBlock* unwinding_block_ = nullptr;
  std::vector<llvm::LoadInst*> memory_loads_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CODE_BUILDER_H_
