#include "compiler/codegen/loop_addresses.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"
#include "llvm/IR/Value.h"
#include "llvm/Transforms/Utils/Local.h"

namespace wasijit::compiler {
namespace {

// Sums are not followed deeper.
constexpr int kMaxDepth = 6;

llvm::BinaryOperator* AsAdd(llvm::Value* value) {
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  return operation != nullptr &&
                 operation->getOpcode() == llvm::Instruction::Add
             ? operation
             : nullptr;
}

class Widening {
 public:
  Widening(llvm::ScalarEvolution& evolution, llvm::ZExtInst* extension)
      : evolution_(evolution), extension_(extension), b_(extension) {}

  // Whether the sum is the same when its terms are extended by their signs, and
  // is not when they are zero-extended.
  bool IsWanted() {
    llvm::BinaryOperator* sum = AsAdd(extension_->getOperand(0));
    return sum != nullptr && HasNegativeTerm(sum) &&
           evolution_.isKnownNonNegative(evolution_.getSCEV(sum)) &&
           DoesNotOverflow(sum);
  }

  llvm::Value* Widened() { return Extended(extension_->getOperand(0), 0); }

 private:
  bool HasNegativeTerm(llvm::BinaryOperator* sum) {
    return !llvm::all_of(sum->operands(), [&](llvm::Value* term) {
      return evolution_.isKnownNonNegative(evolution_.getSCEV(term));
    });
  }

  bool DoesNotOverflow(llvm::BinaryOperator* sum) {
    return evolution_.willNotOverflow(llvm::Instruction::Add, /*Signed=*/true,
                                      evolution_.getSCEV(sum->getOperand(0)),
                                      evolution_.getSCEV(sum->getOperand(1)));
  }

  // The sign extension of `narrow`.
  llvm::Value* Extended(llvm::Value* narrow, int depth) {
    llvm::BinaryOperator* sum = AsAdd(narrow);
    if (sum == nullptr || depth == kMaxDepth || !DoesNotOverflow(sum)) {
      return b_.CreateSExt(narrow, extension_->getType());
    }
    llvm::Value* left = Extended(sum->getOperand(0), depth + 1);
    llvm::Value* right = Extended(sum->getOperand(1), depth + 1);
    return b_.CreateAdd(left, right);
  }

  llvm::ScalarEvolution& evolution_;
  llvm::ZExtInst* extension_;
  llvm::IRBuilder<> b_;
};

}  // namespace

llvm::PreservedAnalyses LoopAddressesPass::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  llvm::SmallVector<llvm::ZExtInst*, 32> extensions;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    auto* extension = llvm::dyn_cast<llvm::ZExtInst>(&instruction);
    if (extension != nullptr && extension->getSrcTy()->isIntegerTy(32) &&
        loops.getLoopFor(extension->getParent()) != nullptr &&
        Widening(evolution, extension).IsWanted()) {
      extensions.push_back(extension);
    }
  }
  // Changes come after all questions: they would outdate the answers.
  for (llvm::ZExtInst* extension : extensions) {
    extension->replaceAllUsesWith(Widening(evolution, extension).Widened());
    extension->eraseFromParent();
  }
  if (extensions.empty()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace wasijit::compiler
