// What compiling a function will cost. LLVM cannot be interrupted once it has
// started, runs out of memory by ending the process, and is superlinear in more
// than the size of a function: all that has to be known before.
#ifndef WASIJIT_COMPILER_JIT_FUNCTION_COST_H_
#define WASIJIT_COMPILER_JIT_FUNCTION_COST_H_

#include <cstdint>

#include "absl/status/status.h"
#include "compiler/codegen/optimization_level.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

struct FunctionCost {
  // About what compilation at OptimizationLevel::kNone takes on a CPU of 2023;
  // half a gigabyte goes with two seconds.
  uint64_t nanoseconds = 0;
  // How deep loops are nested.
  uint32_t loop_depth = 0;
  // Parameters included.
  uint32_t locals = 0;
  // Instructions that compute, access memory or call, from one branch to the
  // next.
  uint32_t longest_stretch = 0;
  // Whether lowering keeps the locals in memory: nothing better than
  // OptimizationLevel::kNone comes out of that.
  bool has_locals_in_memory = false;
};

// Reads the body of a defined function of a valid module, once.
FunctionCost CostOf(const Module& module, uint32_t function);

// The most effort, up to `level`, that does not take unbearably long.
OptimizationLevel AffordableLevel(const FunctionCost& cost,
                                  OptimizationLevel level);

// ResourceExhausted, naming the function, if it takes too long even at
// OptimizationLevel::kNone.
absl::Status CheckAffordable(uint32_t function, const FunctionCost& cost);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_FUNCTION_COST_H_
