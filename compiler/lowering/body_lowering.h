// The lowering of one function body: the walk over its instructions, with the
// operand stack. For function_lowering.cc and loop_entry.cc, which are its two
// parts; everybody else wants function_lowering.h.
#ifndef WASIJIT_COMPILER_LOWERING_BODY_LOWERING_H_
#define WASIJIT_COMPILER_LOWERING_BODY_LOWERING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/lowering/body_scan.h"
#include "compiler/lowering/canonical_nan.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/control.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/instruction.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Type.h"
#include "llvm/IR/Value.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

class BodyLowering {
 public:
  // The head of a reachable loop, without any code: what is open around it and
  // the types of what is on the stack.
  struct LoopHead {
    Instruction instruction;
    // Of what follows.
    InstructionReader reader;
    std::vector<ControlStack::OpenConstruct> constructs;
    std::vector<llvm::Type*> stack;
  };

  BodyLowering(ModuleLowering& lowering, uint32_t function,
               llvm::Function* target)
      : module_(lowering.input().module),
        function_(function),
        body_(module_.functions[function].body),
        scan_(module_, function),
        b_(lowering, target, body_.offset),
        locals_(LlvmTypes(scan_.locals()), scan_.assignments()),
        control_(b_, locals_) {}

  void Lower();

  // The heads of the loop at an offset and of the loops around it, outermost
  // first. Lowers everything before it on the way.
  std::vector<LoopHead> FindLoop(uint32_t loop);

  // Lowers what can follow the head of the last of the loops. Branches to the
  // heads of others lead to copies of these, so that each of them is entered
  // at its head only, as optimisations of loops want it.
  void LowerFrom(absl::Span<const LoopHead> heads);

 private:
  LocalVariables::Region* BeginRegions();
  // Makes the entry block and gives every local its first value.
  void Begin();
  void LowerRest(InstructionReader reader);
  void LowerNext();

  // Of code that begins, or may go on, at the head of a loop: in loop_entry.cc.
  void LowerLoopAndRest(const LoopHead& head);
  // Gives every local that may be read its value; returns the stack and the
  // caught exceptions. The counterpart of CountIteration.
  Values EnterWithState(LocalVariables::Region* entry,
                        absl::Span<const LoopHead> heads);
  // At the head of the innermost loop: counts, and leaves for better code with
  // all that it needs.
  void CountIteration();
  std::vector<uint32_t> LocalsReadFrom(uint32_t bytecode_offset) const;

  std::vector<llvm::Type*> LlvmTypes(const std::vector<ValueType>& types);

  llvm::Value* Pop() {
    llvm::Value* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  Values PopMany(size_t count) {
    Values values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }
  void Push(llvm::Value* value) { stack_.push_back(value); }
  void PushNumeric(llvm::Value* value) {
    Push(WithCanonicalNans(b_, instruction_.info(), value));
  }
  void PushMany(const Values& values) {
    stack_.insert(stack_.end(), values.begin(), values.end());
  }
  Values TopMany(size_t count) const {
    return Values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
  }

  // Constructs opened in unreachable code are unreachable themselves.
  void SkipUnreachable();
  void LowerInstruction();
  // Instructions whose operands and results the table tells.
  void LowerMonomorphic(const InstructionInfo& info);
  void LowerMemoryAccess(const InstructionInfo& info, const Values& operands);

  // Of the next ones, false if the instruction is none of theirs.
  bool LowerControl();
  bool LowerCallInstruction();
  bool LowerTailCall();
  bool LowerVariable();
  bool LowerBranchOnReference();

  void LowerBlock();
  void LowerElse();
  void LowerCatch();
  void LowerEnd();
  void Return();
  void LowerReference();

  // What the innermost construct's last instruction leaves; empties the stack
  // down to the construct.
  Values TakeConstructResults();
  // Lowers a call and pushes its results; its exceptions go to the innermost
  // try.
  void CatchFromCall(absl::FunctionRef<Values()> lower);
  // Leaves the reference on the stack.
  llvm::Value* LowerPoppedDescriptorTest();
  // To the label of the instruction, with what is on the stack.
  void BranchIf(llvm::Value* condition);

  const Module& module_;
  const uint32_t function_;
  const ByteRange body_;
  const BodyScan scan_;
  CodeBuilder b_;
  LocalVariables locals_;
  ControlStack control_;
  Values stack_;
  Instruction instruction_;
  // Constructs opened since the code became unreachable.
  uint32_t unreachable_constructs_ = 0;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_BODY_LOWERING_H_
