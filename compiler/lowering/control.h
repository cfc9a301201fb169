// Structured control: labels, branches and the values that cross them.
#ifndef WASIJIT_COMPILER_LOWERING_CONTROL_H_
#define WASIJIT_COMPILER_LOWERING_CONTROL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/local_variables.h"
#include "compiler/syntax/immediates.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The control stack of a function that is being lowered, and the place in it
// where code is appended. Code that cannot be reached is not lowered: after an
// unconditional branch IsReachable() is false until the construct's end.
class ControlStack {
 public:
  ControlStack(CodeBuilder& builder, LocalVariables& locals)
      : b_(builder), locals_(locals) {}

  bool IsReachable() const { return region_ != nullptr; }
  LocalVariables::Region* region() const { return region_; }
  // Number of open constructs, the function's own included.
  size_t depth() const { return labels_.size(); }

  // Opens constructs. `height`: values on the operand stack below the
  // construct's parameters. `results`: the types of what its end gives.
  void EnterFunction(LocalVariables::Region* entry,
                     std::vector<llvm::Type*> results, BytecodeRange range);
  void EnterBlock(std::vector<llvm::Type*> results, BytecodeRange range,
                  size_t height);
  // Replaces the parameters by those that the loop's iterations see.
  void EnterLoop(Values& parameters, BytecodeRange range, size_t height);
  void EnterIf(llvm::Value* condition, std::vector<llvm::Type*> results,
               Values parameters, BytecodeRange range, size_t height);
  // Ends the first branch of the innermost `if` and begins the second; returns
  // its parameters. `results` are those of the first branch if reachable.
  Values EnterElse(const Values& results);
  // What may catch exceptions: a try_table, or a legacy `try`.
  void EnterTryTable(std::vector<llvm::Type*> results, BytecodeRange range,
                     size_t height, std::vector<CatchClause> clauses);
  void EnterTry(std::vector<llvm::Type*> results, BytecodeRange range,
                size_t height);
  // Begins a clause of the innermost `try`; returns the payload of the tag, or
  // nothing if the clause catches all. `results` as for EnterElse.
  Values EnterCatch(std::optional<uint32_t> tag, const Values& results);
  // Ends the innermost `try`: its exceptions count as thrown in the construct
  // at `depth`, counted from outside. Otherwise as End.
  Values EndInDelegate(uint32_t depth, const Values& results);

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
  // Throws an exception to where it is caught, in the function or outside.
  void Throw(llvm::Value* exception) { ThrowIn(0, exception); }
  // Throws the one that the `try` at `depth` has caught.
  void Rethrow(uint32_t depth) { Throw(At(depth).exception); }
  // Where exceptions go that come out of calls made here; null if out of the
  // function. After such a call, AddUnwindEdge with the block that it ended, or
  // null.
  llvm::BasicBlock* UnwindTarget();
  void AddUnwindEdge(llvm::BasicBlock* from);

  // Says that the block has been ended by a return or trap.
  void SetUnreachable() { region_ = nullptr; }

  // For code that begins in the middle of a function, in loop_entry.cc.

  // kLeftLoop: a loop of which only the rest of an iteration is lowered. kTry
  // and kTryTable: in the part whose exceptions are caught; kCatch: behind it.
  enum class Kind : uint8_t {
    kBlock,
    kLoop,
    kLeftLoop,
    kIf,
    kElse,
    kTryTable,
    kTry,
    kCatch,
  };

  // A construct, without any code.
  struct OpenConstruct {
    Kind kind;
    BytecodeRange range;
    size_t height;
    // As Label has them.
    std::vector<llvm::Type*> types;
    std::vector<CatchClause> clauses;
  };
  // Outermost first.
  std::vector<OpenConstruct> Open() const;
  // Opens constructs in which the code goes on in `region`, which it has not
  // entered by their beginning. Their loops are left: branches to their heads
  // lead to where ContinueLeftLoop is called. `caught` begins with what the
  // clauses have caught that are open, outermost first.
  // REQUIRES: nothing is open.
  void Reopen(absl::Span<const OpenConstruct> constructs,
              LocalVariables::Region* region, const Values& caught);
  // Goes on where branches to the head of a left loop have led; returns the
  // region and what they take there, or null if there have been none. `entry`
  // is the function's first region.
  LocalVariables::Region* ContinueLeftLoop(LocalVariables::Region* entry,
                                           BytecodeRange range,
                                           Values& parameters);
  // How many loops are open, and the offset of the outermost.
  size_t LoopDepth() const;
  // REQUIRES: there is one.
  uint32_t OutermostLoop() const;
  // What the clauses have caught that are open, outermost first.
  Values CaughtExceptions() const;
  // How many these are in such constructs.
  static size_t CaughtIn(absl::Span<const OpenConstruct> constructs);

 private:
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
    // Try: the landing pad of calls and the edges to it; what is thrown in the
    // function itself.
    llvm::BasicBlock* pad = nullptr;
    std::vector<LocalVariables::Edge> pad_edges;
    std::vector<Incoming> thrown;
    // Try_table.
    std::vector<CatchClause> clauses;
    // Behind a try: what was caught, and where code goes on that no clause so
    // far has caught; null if there is nothing like it.
    llvm::Value* exception = nullptr;
    llvm::BasicBlock* uncaught = nullptr;
    LocalVariables::Region* uncaught_region = nullptr;
    // If without else so far: where the second branch begins, with what; null
    // if it cannot be reached.
    llvm::BasicBlock* otherwise = nullptr;
    Values otherwise_parameters;
  };

  // Branches to the head of a loop that has been left; target as in Label.
  struct LeftLoop {
    llvm::BasicBlock* target = nullptr;
    std::vector<Incoming> incoming;
  };

  Label& At(uint32_t depth) { return labels_[labels_.size() - 1 - depth]; }
  const Label& At(uint32_t depth) const {
    return labels_[labels_.size() - 1 - depth];
  }
  // Records a branch from the end of `from`, which goes to the label's target.
  void AddIncoming(Label& label, llvm::BasicBlock* from, const Values& values);
  llvm::BasicBlock* TargetOf(Label& label);
  void BranchTo(Label& label, const Values& values);
  Values Join(const Label& label, std::vector<Incoming>& incoming,
              llvm::BasicBlock* target);
  Values JoinEnd(Label& label);
  void LeaveLoop();

  Label* FindHandler(uint32_t depth);
  // Throws as if in the construct at `depth`.
  void ThrowIn(uint32_t depth, llvm::Value* exception);
  // Continues where a try's exceptions arrive; returns the exception, or null
  // if there can be none and the place is unreachable.
  llvm::Value* EnterHandler(Label& label);
  void LowerClause(const CatchClause& clause, llvm::Value* exception);
  // Branches to a new block if the exception has the tag and continues there;
  // returns the block for all others, whose region succeeds the present one.
  llvm::BasicBlock* ContinueIfTag(uint32_t tag, llvm::Value* exception);
  Values EndTryTable(const Values& results);
  Values EndCatch(const Values& results);
  void ContinueIn(llvm::BasicBlock* block, LocalVariables::Region* region);

  CodeBuilder& b_;
  LocalVariables& locals_;
  // Null when the current place is unreachable.
  LocalVariables::Region* region_ = nullptr;
  std::vector<Label> labels_;
  // By the offset of the loop.
  absl::flat_hash_map<uint32_t, LeftLoop> left_loops_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_CONTROL_H_
