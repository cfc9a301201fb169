#include "compiler/codegen/short_blocks.h"

#include <cstddef>

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {
namespace {

// Instructions of a block; longer ones are split.
constexpr size_t kMaxLength = 250;
// Instructions that are worth a block of their own.
constexpr size_t kMinLength = 4;

// Where the part of a block begins that SelectionDAG has to select because of
// its terminator.
llvm::Instruction* SlowEnd(llvm::BasicBlock& block) {
  llvm::Instruction* end = block.getTerminator();
  // Nothing may come between a tail call and its return.
  if (block.getTerminatingMustTailCall() != nullptr) return nullptr;
  if (llvm::isa<llvm::SwitchInst, llvm::InvokeInst>(end)) return end;
  if (!llvm::isa<llvm::ReturnInst>(end)) return nullptr;
  // What makes a structure of the results.
  while (end != &block.front() &&
         llvm::isa<llvm::InsertValueInst>(end->getPrevNode())) {
    end = end->getPrevNode();
  }
  return end;
}

bool CanBegin(const llvm::Instruction& instruction) {
  return !llvm::isa<llvm::PHINode, llvm::AllocaInst>(instruction) &&
         !instruction.isEHPad() && !instruction.isTerminator();
}

bool IsLongBefore(const llvm::BasicBlock& block, const llvm::Instruction& end) {
  size_t length = 0;
  for (const llvm::Instruction& instruction : block) {
    if (&instruction == &end) return false;
    if (CanBegin(instruction) && ++length >= kMinLength) return true;
  }
  return false;
}

// The parts of a block that is too long, from its end: splitting moves what is
// behind, once.
bool SplitLong(llvm::BasicBlock& block) {
  const llvm::CallInst* tail_call = block.getTerminatingMustTailCall();
  llvm::SmallVector<llvm::Instruction*> begins;
  size_t length = 0;
  for (llvm::Instruction& instruction : block) {
    if (&instruction == tail_call) break;
    if (++length > kMaxLength && CanBegin(instruction)) {
      begins.push_back(&instruction);
      length = 1;
    }
  }
  for (llvm::Instruction* begin : llvm::reverse(begins)) {
    block.splitBasicBlock(begin->getIterator());
  }
  return !begins.empty();
}

}  // namespace

llvm::PreservedAnalyses ShortBlocksPass::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& /*analyses*/) {
  bool changed = false;
  for (llvm::BasicBlock& block : llvm::make_early_inc_range(function)) {
    llvm::Instruction* end = SlowEnd(block);
    if (end != nullptr && IsLongBefore(block, *end)) {
      block.splitBasicBlock(end->getIterator());
      changed = true;
    }
    changed |= SplitLong(block);
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace wasijit::compiler
