#include "compiler/jit/batches.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compiler/codegen/optimization_level.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// A batch ends with whichever comes first. Larger ones gain nothing: an LLVM
// module's fixed cost is then below a hundredth of the rest.
constexpr uint32_t kBatchBytes = 24 * 1024;
constexpr size_t kBatchFunctions = 60;

// Bytes of body above which a function gets a cheaper pipeline. LLVM's time
// for one function grows faster than its size; 100 KB of IR is about 12 KB of
// body, large interpreter loops have up to 60 KB.
constexpr uint32_t kFullBytes = 64 * 1024;
constexpr uint32_t kQuickBytes = 256 * 1024;

constexpr uint32_t kInlineBytes = 120;

}  // namespace

OptimizationLevel LevelFor(const Module& module, uint32_t function,
                           OptimizationLevel level) {
  const uint32_t body_size = module.functions[function].body.size;
  OptimizationLevel cap = OptimizationLevel::kFull;
  if (body_size > kFullBytes) cap = OptimizationLevel::kQuick;
  if (body_size > kQuickBytes) cap = OptimizationLevel::kNone;
  return std::min(level, cap);
}

std::vector<Batch> PlanBatches(const Module& module, OptimizationLevel level) {
  std::vector<Batch> batches;
  uint32_t bytes = 0;
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    const uint32_t size = module.functions[i].body.size;
    const OptimizationLevel own_level = LevelFor(module, i, level);
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
         module.functions[function].body.size <= kInlineBytes;
}

}  // namespace wasijit::compiler
