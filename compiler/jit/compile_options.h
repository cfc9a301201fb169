// How a module is to be compiled.
#ifndef WASIJIT_COMPILER_JIT_COMPILE_OPTIONS_H_
#define WASIJIT_COMPILER_JIT_COMPILE_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "compiler/codegen/optimization_level.h"
#include "compiler/syntax/features.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

// When functions of a module that is run are compiled.
enum class CompileTime : uint8_t {
  // When they are called: cheaply at first, well when they are hot.
  kLazy,
  // All before anything runs.
  kEager,
};

struct CompileOptions {
  FeatureSet features = FeatureSet::Default();
  // Absent: the host's.
  std::optional<InstructionSet> instruction_set;
  // "native" (the host's CPU), "baseline" (any CPU of the instruction set), or
  // a CPU or level that LLVM knows, such as "x86-64-v3" or "neoverse-n1".
  std::string cpu = "native";
  OptimizationLevel level = OptimizationLevel::kFull;
  BoundsChecks bounds_checks = BoundsChecks::kGuardPages;
  // Every memory access happens exactly in the order of the specification,
  // even where that order can only be seen after a trap.
  bool strict_traps = false;
  // Results are the same on all targets, NaNs and relaxed instructions
  // included.
  bool deterministic = false;
  // Whether functions are compiled that take more than about two seconds, or
  // half a gigabyte, each.
  bool large_functions = false;
  CompileTime time = CompileTime::kEager;
  // With kLazy, small functions with nested loops are compiled well at once.
  bool nests_at_once = true;
  // 0: one for each core.
  unsigned threads = 0;
  // Told, on any thread, how many parts of the work are done.
  std::function<void(size_t done, size_t total)> progress;
};

// Everything that changes the code: two options with the same text produce the
// same code from the same module.
std::string ToString(const CompileOptions& options);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_COMPILE_OPTIONS_H_
