// Which functions are compiled together, and how well.
#ifndef WASIJIT_COMPILER_JIT_BATCHES_H_
#define WASIJIT_COMPILER_JIT_BATCHES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/codegen/optimization_level.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Functions that become one LLVM module.
struct Batch {
  // Indices in the module's function index space.
  std::vector<uint32_t> functions;
  OptimizationLevel level = OptimizationLevel::kFull;
  // Of a single function: only the code from the head of this loop on, which
  // the offset of its instruction names.
  std::optional<uint32_t> loop = std::nullopt;
};

// Partitions the defined functions of a module. No batch gets more effort than
// `level`; functions so large that LLVM would take unbearably long get less.
std::vector<Batch> PlanBatches(const Module& module, OptimizationLevel level);

// Whether a function is so small that it is worth a copy in each batch that
// calls it.
bool IsInlineCandidate(const Module& module, uint32_t function);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_BATCHES_H_
