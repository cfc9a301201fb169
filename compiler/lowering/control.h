// Structured control: labels, branches and the values that cross them.
#ifndef WASIJIT_COMPILER_LOWERING_CONTROL_H_
#define WASIJIT_COMPILER_LOWERING_CONTROL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/local_variables.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The control stack of a function that is being lowered, and the place in it
// where code is appended. Code that cannot be reached is not lowered: after an
// unconditional branch IsReachable() is false until the construct's end.
class ControlStack {
 public:
  ControlStack(CodeBuilder& builder, LocalVariables& locals,
               LocalVariables::Region* entry)
      : b_(builder), locals_(locals), region_(entry) {}

  bool IsReachable() const { return region_ != nullptr; }
  LocalVariables::Region* region() const { return region_; }
  // Number of open constructs, the function's own included.
  size_t depth() const { return labels_.size(); }

  // Opens constructs. `height`: values on the operand stack below the
  // construct's parameters. `results`: the types of what its end gives.
  void EnterFunction(std::vector<llvm::Type*> results, BytecodeRange range);
  void EnterBlock(std::vector<llvm::Type*> results, BytecodeRange range,
                  size_t height);
  // Replaces the parameters by those that the loop's iterations see.
  void EnterLoop(Values& parameters, BytecodeRange range, size_t height);
  void EnterIf(llvm::Value* condition, std::vector<llvm::Type*> results,
               Values parameters, BytecodeRange range, size_t height);
  // Ends the first branch of the innermost `if` and begins the second; returns
  // its parameters. `results` are those of the first branch if reachable.
  Values EnterElse(const Values& results);
  // Ends the innermost construct; returns its results if what follows is
  // reachable. `results` are what its last instruction leaves if reachable.
  Values End(const Values& results);

  // How many values a branch to a label takes.
  size_t LabelArity(uint32_t depth) const;
  // The height that the operand stack has below the innermost construct.
  size_t height() const { return labels_.back().height; }

  void Branch(uint32_t depth, const Values& values);
  void BranchIf(llvm::Value* condition, uint32_t depth, const Values& values);
  // The last of `depths` is the default.
  void BranchTable(llvm::Value* index, absl::Span<const uint32_t> depths,
                   const Values& values);
  // Says that the block has been ended by a return or trap.
  void SetUnreachable() { region_ = nullptr; }

 private:
  enum class Kind : uint8_t { kBlock, kLoop, kIf, kElse };

  struct Incoming {
    LocalVariables::Edge edge;
    Values values;
  };

  struct Label {
    Kind kind;
    BytecodeRange range;
    size_t height;
    // Types of the values that a branch here takes.
    std::vector<llvm::Type*> types;
    // Loops: the header. Others: made with the first branch.
    llvm::BasicBlock* target = nullptr;
    // Loops: the header's. Others: the one that the construct was entered from.
    LocalVariables::Region* region = nullptr;
    // Loops.
    std::vector<llvm::PHINode*> parameters;
    // Others: the branches here so far.
    std::vector<Incoming> incoming;
    // If without else so far: where the second branch begins, with what.
    llvm::BasicBlock* otherwise = nullptr;
    Values otherwise_parameters;
  };

  Label& At(uint32_t depth) { return labels_[labels_.size() - 1 - depth]; }
  const Label& At(uint32_t depth) const {
    return labels_[labels_.size() - 1 - depth];
  }
  // Records a branch from the end of `from`, which goes to the label's target.
  void AddIncoming(Label& label, llvm::BasicBlock* from, const Values& values);
  llvm::BasicBlock* TargetOf(Label& label);
  void BranchTo(Label& label, const Values& values);
  Values Join(Label& label);
  void ContinueIn(llvm::BasicBlock* block, LocalVariables::Region* region);

  CodeBuilder& b_;
  LocalVariables& locals_;
  // Null when the current place is unreachable.
  LocalVariables::Region* region_;
  std::vector<Label> labels_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CONTROL_H_
