#include "compiler/lowering/kept_traps.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace wasijit::compiler {
namespace {

// Traps and does nothing else.
bool OnlyTraps(const llvm::BasicBlock& block) {
  return llvm::isa<llvm::UnreachableInst>(block.getTerminator()) &&
         llvm::all_of(block, [](const llvm::Instruction& instruction) {
           const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
           return instruction.isTerminator() ||
                  llvm::isa<llvm::FenceInst>(instruction) ||
                  (call != nullptr &&
                   call->getIntrinsicID() == llvm::Intrinsic::ubsantrap);
         });
}

// For each block, by number, whether one of `ends` can be reached from it.
std::vector<bool> BlocksThatReach(
    const llvm::Function& function,
    const llvm::SmallVectorImpl<const llvm::BasicBlock*>& ends) {
  std::vector<bool> reaching(function.getMaxBlockNumber());
  std::vector<const llvm::BasicBlock*> pending(ends.begin(), ends.end());
  for (const llvm::BasicBlock* end : ends) reaching[end->getNumber()] = true;
  while (!pending.empty()) {
    const llvm::BasicBlock* block = pending.back();
    pending.pop_back();
    for (const llvm::BasicBlock* before : llvm::predecessors(block)) {
      if (reaching[before->getNumber()]) continue;
      reaching[before->getNumber()] = true;
      pending.push_back(before);
    }
  }
  return reaching;
}

// Which values are needed on every path from where they are computed to an end
// of the function.
class NeededValues {
 public:
  NeededValues(const llvm::Function& function,
               absl::Span<llvm::LoadInst* const> loads)
      : function_(function),
        loads_(loads.begin(), loads.end()),
        marks_(function.getMaxBlockNumber()) {
    llvm::SmallVector<const llvm::BasicBlock*> returns;
    for (const llvm::BasicBlock& block : function) {
      if (llvm::isa<llvm::ReturnInst>(block.getTerminator())) {
        returns.push_back(&block);
      }
    }
    returning_ = BlocksThatReach(function, returns);
    Solve();
  }

  bool Contains(const llvm::Instruction& value) {
    return IsAnchor(value) ? IsNeeded(value) : needed_.contains(&value);
  }

 private:
  // What happens on the way to it, without anything needing its result. Loads
  // are: each of them is kept in one way or another.
  bool IsAnchor(const llvm::Instruction& instruction) const {
    return instruction.isTerminator() || instruction.mayHaveSideEffects() ||
           loads_.contains(&instruction);
  }

  void Solve();
  bool IsNeeded(const llvm::Instruction& value);
  bool AllPathsMeetMark(const llvm::BasicBlock& start);
  bool IsMarkedEdge(const llvm::BasicBlock* from,
                    const llvm::BasicBlock* to) const {
    return llvm::is_contained(marked_edges_, std::make_pair(from, to));
  }

  const llvm::Function& function_;
  llvm::DenseSet<const llvm::Instruction*> loads_;
  // By number of the block: whether a function's return can be reached.
  std::vector<bool> returning_;
  // Of the values that are no anchors.
  llvm::DenseSet<const llvm::Instruction*> needed_;

  // For one search: a block is marked, or visited, with the search's number.
  struct Mark {
    uint32_t needs = 0;
    uint32_t visited = 0;
  };
  std::vector<Mark> marks_;
  uint32_t search_ = 0;
  llvm::SmallVector<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>,
                    4>
      marked_edges_;
  llvm::SmallVector<const llvm::BasicBlock*, 16> pending_;
  // Functions in which the searches would take too long are not searched to
  // the end: nothing counts as needed then.
  size_t steps_left_ = size_t{1} << 22;
};

// First everything that some path needs, then less and less.
void NeededValues::Solve() {
  std::vector<const llvm::Instruction*> pending;
  for (const llvm::Instruction& instruction : llvm::instructions(function_)) {
    if (IsAnchor(instruction)) pending.push_back(&instruction);
  }
  const auto for_each_operand = [&](const llvm::Instruction* user,
                                    const auto& visit) {
    for (const llvm::Value* operand : user->operands()) {
      const auto* value = llvm::dyn_cast<llvm::Instruction>(operand);
      if (value != nullptr && !IsAnchor(*value)) visit(value);
    }
  };
  while (!pending.empty()) {
    const llvm::Instruction* user = pending.back();
    pending.pop_back();
    for_each_operand(user, [&](const llvm::Instruction* value) {
      if (needed_.insert(value).second) pending.push_back(value);
    });
  }
  for (const llvm::Instruction& instruction : llvm::instructions(function_)) {
    if (needed_.contains(&instruction)) pending.push_back(&instruction);
  }
  while (!pending.empty()) {
    const llvm::Instruction* value = pending.back();
    pending.pop_back();
    if (!needed_.contains(value) || IsNeeded(*value)) continue;
    needed_.erase(value);
    for_each_operand(value, [&](const llvm::Instruction* operand) {
      pending.push_back(operand);
    });
  }
}

bool NeededValues::IsNeeded(const llvm::Instruction& value) {
  ++search_;
  marked_edges_.clear();
  for (const llvm::User* user : value.users()) {
    const auto& use = *llvm::cast<llvm::Instruction>(user);
    if (!IsAnchor(use) && !needed_.contains(&use)) continue;
    if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&use)) {
      for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
        if (phi->getIncomingValue(i) != &value) continue;
        marked_edges_.emplace_back(phi->getIncomingBlock(i), phi->getParent());
      }
    } else if (use.getParent() == value.getParent()) {
      return true;
    } else {
      marks_[use.getParent()->getNumber()].needs = search_;
    }
  }
  return AllPathsMeetMark(*value.getParent());
}

bool NeededValues::AllPathsMeetMark(const llvm::BasicBlock& start) {
  if (llvm::succ_empty(&start)) return false;
  marks_[start.getNumber()].visited = search_;
  pending_.assign({&start});
  while (!pending_.empty()) {
    const llvm::BasicBlock* block = pending_.pop_back_val();
    if (steps_left_ == 0) return false;
    --steps_left_;
    for (const llvm::BasicBlock* next : llvm::successors(block)) {
      Mark& mark = marks_[next->getNumber()];
      if (mark.needs == search_ || mark.visited == search_ ||
          IsMarkedEdge(block, next) || OnlyTraps(*next)) {
        continue;
      }
      if (llvm::succ_empty(next) || !returning_[next->getNumber()]) {
        return false;
      }
      mark.visited = search_;
      pending_.push_back(next);
    }
  }
  return true;
}

// A store that a loop without an end repeats could be left to that end.
void KeepEndlessStores(llvm::Function& function) {
  llvm::SmallVector<const llvm::BasicBlock*> ends;
  for (const llvm::BasicBlock& block : function) {
    if (llvm::succ_empty(&block)) ends.push_back(&block);
  }
  const std::vector<bool> ending = BlocksThatReach(function, ends);
  for (llvm::BasicBlock& block : function) {
    if (ending[block.getNumber()]) continue;
    for (llvm::Instruction& instruction : block) {
      if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        store->setVolatile(true);
      }
    }
  }
}

// Whether every path needs all results of a call.
bool NeedsResults(NeededValues& needed, const llvm::CallInst& call) {
  if (call.getType()->isVoidTy()) return true;
  const auto* results = llvm::dyn_cast<llvm::StructType>(call.getType());
  if (results == nullptr) return needed.Contains(call);
  llvm::DenseSet<unsigned> numbers;
  for (const llvm::User* user : call.users()) {
    const auto* result = llvm::dyn_cast<llvm::ExtractValueInst>(user);
    if (result != nullptr && needed.Contains(*result)) {
      numbers.insert(result->getIndices()[0]);
    }
  }
  return numbers.size() == results->getNumElements();
}

}  // namespace

void KeepTraps(llvm::Function& function,
               absl::Span<llvm::LoadInst* const> loads,
               bool has_locals_in_memory) {
  KeepEndlessStores(function);
  std::optional<NeededValues> needed;
  if (!has_locals_in_memory) needed.emplace(function, loads);
  for (llvm::LoadInst* load : loads) {
    if (!needed || !needed->Contains(*load)) load->setVolatile(true);
  }
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    // Only the module's own functions can be inlined.
    if (call != nullptr && call->getCalledFunction() != nullptr &&
        call->getCallingConv() == llvm::CallingConv::Swift &&
        !(needed ? NeedsResults(*needed, *call)
                 : call->getType()->isVoidTy())) {
      call->setIsNoInline();
    }
  }
}

}  // namespace wasijit::compiler
