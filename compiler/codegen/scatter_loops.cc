#include "compiler/codegen/scatter_loops.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

namespace wasijit::compiler {
namespace {

// Whether an address is the same in all iterations or moves by a constant,
// wrapping at 32 bits disregarded.
bool MovesByConstant(llvm::ScalarEvolution& evolution, const llvm::Loop& loop,
                     llvm::Value* address) {
  return !llvm::SCEVExprContains(
      evolution.getSCEV(address), [&](const llvm::SCEV* part) {
        if (const auto* recurrence =
                llvm::dyn_cast<llvm::SCEVAddRecExpr>(part)) {
          return recurrence->getLoop() == &loop &&
                 !llvm::isa<llvm::SCEVConstant>(
                     recurrence->getStepRecurrence(evolution));
        }
        return llvm::isa<llvm::SCEVUnknown>(part) &&
               !evolution.isLoopInvariant(part, &loop);
      });
}

bool Scatters(llvm::ScalarEvolution& evolution, const llvm::Loop& loop) {
  for (const llvm::BasicBlock* block : loop.blocks()) {
    for (const llvm::Instruction& instruction : *block) {
      const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
      if (store != nullptr &&
          !MovesByConstant(
              evolution, loop,
              const_cast<llvm::Value*>(store->getPointerOperand()))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

llvm::PreservedAnalyses ScatterLoopsPass::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (loop->isInnermost() && Scatters(evolution, *loop)) {
      llvm::addStringMetadataToLoop(loop, "llvm.loop.vectorize.width", 1);
    }
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace wasijit::compiler
