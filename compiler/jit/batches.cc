#include "compiler/jit/batches.h"

#include <cstdint>
#include <vector>

#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/function_cost.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// A batch ends with whichever comes first. Larger ones gain nothing: an LLVM
// module's fixed cost is then below a hundredth of the rest.
constexpr uint32_t kBatchBytes = 24 * 1024;
constexpr size_t kBatchFunctions = 60;

// What a copy of a function in another batch may cost, by size and by what is
// in it.
constexpr uint32_t kInlineBytes = 120;
constexpr uint64_t kInlineNanoseconds = 2'000'000;

}  // namespace

std::vector<Batch> PlanBatches(const Module& module, OptimizationLevel level) {
  std::vector<Batch> batches;
  uint32_t bytes = 0;
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    const uint32_t size = module.functions[i].body.size;
    const OptimizationLevel own_level =
        AffordableLevel(CostOf(module, i), level);
    if (batches.empty() || batches.back().level != own_level ||
        batches.back().functions.size() >= kBatchFunctions ||
        bytes >= kBatchBytes) {
      batches.push_back({.functions = {}, .level = own_level});
      bytes = 0;
    }
    batches.back().functions.push_back(i);
    bytes += size;
  }
  return batches;
}

bool IsInlineCandidate(const Module& module, uint32_t function) {
  return function >= module.num_imported_functions &&
         module.functions[function].body.size <= kInlineBytes &&
         CostOf(module, function).nanoseconds <= kInlineNanoseconds;
}

}  // namespace wasijit::compiler
