#include "compiler/jit/batch_lowering.h"

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/batches.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/target/symbols.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

namespace wasijit::compiler {
namespace {

// How deep a chain of small callees is followed.
constexpr int kInlineDepth = 3;

// Functions that the module only declares and that are worth inlining.
std::vector<uint32_t> MissingCallees(const Module& module,
                                     const llvm::Module& llvm_module) {
  std::vector<uint32_t> callees;
  for (const llvm::Function& function : llvm_module) {
    // A loop's entry leaves behind what only the code before it called.
    if (!function.isDeclaration() || function.use_empty()) continue;
    const std::optional<uint32_t> index = FunctionFromSymbol(absl::string_view(
        function.getName().data(), function.getName().size()));
    if (index.has_value() && IsInlineCandidate(module, *index)) {
      callees.push_back(*index);
    }
  }
  return callees;
}

}  // namespace

std::unique_ptr<llvm::Module> LowerBatch(const LoweringInput& input,
                                         const Batch& batch,
                                         llvm::LLVMContext& context) {
  ModuleLowering lowering(input, context);
  for (uint32_t function : batch.functions) {
    if (batch.loop.has_value()) {
      lowering.LowerLoopEntry(function, *batch.loop);
      continue;
    }
    lowering.LowerFunction(function, CodePurpose::kEmit);
  }
  if (batch.level == OptimizationLevel::kFull) {
    for (int depth = 0; depth < kInlineDepth; ++depth) {
      for (uint32_t callee :
           MissingCallees(input.module, lowering.llvm_module())) {
        lowering.LowerFunction(callee, CodePurpose::kInline);
      }
    }
  }
  std::unique_ptr<llvm::Module> result = std::move(lowering).Finish();
  assert(!llvm::verifyModule(*result, &llvm::errs()));
  return result;
}

}  // namespace wasijit::compiler
