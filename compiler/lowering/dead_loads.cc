#include "compiler/lowering/dead_loads.h"

#include <vector>

#include "absl/types/span.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Instructions.h"

namespace wasijit::compiler {

void KeepDeadLoads(llvm::Function& function,
                   absl::Span<llvm::LoadInst* const> loads) {
  if (loads.empty()) return;
  llvm::DenseSet<const llvm::Instruction*> needed;
  std::vector<const llvm::Instruction*> pending;
  const auto need = [&](const llvm::Instruction* instruction) {
    if (needed.insert(instruction).second) pending.push_back(instruction);
  };
  const auto need_operands = [&] {
    while (!pending.empty()) {
      const llvm::Instruction* user = pending.back();
      pending.pop_back();
      for (const llvm::Value* operand : user->operands()) {
        if (const auto* used = llvm::dyn_cast<llvm::Instruction>(operand)) {
          need(used);
        }
      }
    }
  };
  for (const llvm::Instruction& instruction : llvm::instructions(function)) {
    if (instruction.isTerminator() || instruction.mayHaveSideEffects()) {
      need(&instruction);
    }
  }
  need_operands();
  // Users before what they use, so that of a chain only the last is volatile.
  for (auto load = loads.rbegin(); load != loads.rend(); ++load) {
    if (needed.contains(*load)) continue;
    (*load)->setVolatile(true);
    need(*load);
    need_operands();
  }
}

}  // namespace wasijit::compiler
