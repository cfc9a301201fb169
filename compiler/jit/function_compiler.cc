#include "compiler/jit/function_compiler.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/batches.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/function_cost.h"
#include "compiler/jit/image_compiler.h"
#include "compiler/jit/location_table.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "compiler/target/target.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// Bytes of bodies after which a batch gets no more functions. A batch costs as
// much by itself as half a kilobyte of code does in the first tier.
constexpr size_t kBaselineBytes = 1024;
constexpr size_t kOptimizedBytes = 8 * 1024;
// Bytes of bodies above which code for running loops gets a cheaper pipeline:
// somebody is in slow code meanwhile.
constexpr uint64_t kLargeLoopBytes = 64 * 1024;
// Bytes of a body with nested loops that is worth full optimisation at once:
// the program is likely to spend its time there, and code that begins in the
// middle of a nest is not as good as that of the whole function.
constexpr uint32_t kNestBytes = 4 * 1024;
// How many functions are looked at for a batch.
constexpr size_t kMaxConsidered = 200;

std::vector<uint32_t> DirectCallees(const Module& module, uint32_t function) {
  std::vector<uint32_t> callees;
  InstructionReader reader(module, module.functions[function].body);
  Instruction instruction;
  while (reader.Next(instruction)) {
    if ((instruction.verb() == Verb::kCall ||
         instruction.verb() == Verb::kReturnCall) &&
        instruction.index >= module.num_imported_functions) {
      callees.push_back(instruction.index);
    }
  }
  return callees;
}

class FunctionCompiler : public TierCompiler {
 public:
  FunctionCompiler(std::shared_ptr<const Module> module, Target target,
                   const CompileOptions& options)
      : module_(std::move(module)),
        options_(options),
        target_(std::move(target)),
        layout_(*module_),
        bodies_(*module_),
        optimized_(*module_, layout_, target_,
                   {.bounds_checks = options.bounds_checks,
                    .strict_traps = options.strict_traps,
                    .deterministic = options.deterministic}),
        baseline_(optimized_) {
    baseline_.options.counts = true;
  }

  std::vector<uint32_t> Plan(
      Tier tier, uint32_t function,
      absl::FunctionRef<bool(uint32_t function)> is_wanted) const override;
  absl::StatusOr<CodeImage> Compile(
      Tier tier, absl::Span<const uint32_t> functions) const override;
  absl::StatusOr<CodeImage> CompileLoop(uint32_t function,
                                        uint32_t loop) const override;

 private:
  // How well a function is compiled when it is first called.
  OptimizationLevel FirstLevel(uint32_t function,
                               const FunctionCost& cost) const;

  const std::shared_ptr<const Module> module_;
  const CompileOptions options_;
  const Target target_;
  const VmContextLayout layout_;
  const BodyIndex bodies_;
  const LoweringInput optimized_;
  LoweringInput baseline_;
};

// Callees are likely to be next.
std::vector<uint32_t> FunctionCompiler::Plan(
    Tier tier, uint32_t function,
    absl::FunctionRef<bool(uint32_t function)> is_wanted) const {
  const size_t max_bytes =
      tier == Tier::kBaseline ? kBaselineBytes : kOptimizedBytes;
  std::vector<uint32_t> functions = {function};
  const auto is_alone = [&](uint32_t other) {
    return tier == Tier::kBaseline &&
           FirstLevel(other, CostOf(*module_, other)) !=
               OptimizationLevel::kNone;
  };
  if (is_alone(function)) return functions;
  size_t bytes = module_->functions[function].body.size;
  size_t considered = 0;
  for (size_t i = 0; i < functions.size() && bytes < max_bytes; ++i) {
    for (const uint32_t callee : DirectCallees(*module_, functions[i])) {
      if (++considered > kMaxConsidered) return functions;
      const size_t size = module_->functions[callee].body.size;
      if (bytes + size > max_bytes || !is_wanted(callee) ||
          std::find(functions.begin(), functions.end(), callee) !=
              functions.end() ||
          is_alone(callee)) {
        continue;
      }
      functions.push_back(callee);
      bytes += size;
    }
  }
  return functions;
}

// As fast as possible, unless it is a nest of loops, or has so many locals that
// its loops could not be left for better code.
OptimizationLevel FunctionCompiler::FirstLevel(uint32_t function,
                                               const FunctionCost& cost) const {
  if (cost.locals > kMaxState / 2) return OptimizationLevel::kQuick;
  const bool is_nest = options_.nests_at_once && cost.loop_depth > 1 &&
                       module_->functions[function].body.size <= kNestBytes;
  return is_nest ? OptimizationLevel::kFull : OptimizationLevel::kNone;
}

absl::StatusOr<CodeImage> FunctionCompiler::Compile(
    Tier tier, absl::Span<const uint32_t> functions) const {
  Batch batch;
  batch.functions.assign(functions.begin(), functions.end());
  batch.level = options_.level;
  for (const uint32_t function : functions) {
    const FunctionCost cost = CostOf(*module_, function);
    if (!options_.large_functions) {
      RETURN_IF_ERROR(CheckAffordable(function, cost));
    }
    OptimizationLevel level = options_.level;
    if (tier == Tier::kBaseline) {
      level = std::min(level, FirstLevel(function, cost));
    }
    batch.level = std::min(batch.level, AffordableLevel(cost, level));
  }
  // What cannot get better need not count.
  const bool counts =
      tier == Tier::kBaseline && batch.level < OptimizationLevel::kFull;
  ASSIGN_OR_RETURN(
      CodeImage image,
      CompilePart(counts ? baseline_ : optimized_, bodies_, batch,
                  counts ? LoaderCalls::kAll : LoaderCalls::kOutside));
  image.module = module_;
  return image;
}

absl::StatusOr<CodeImage> FunctionCompiler::CompileLoop(uint32_t function,
                                                        uint32_t loop) const {
  // What follows the loops is there once for each of them.
  const FunctionCost cost = CostOf(*module_, function);
  const bool is_large =
      uint64_t{cost.loop_depth} * module_->functions[function].body.size >
      kLargeLoopBytes;
  const OptimizationLevel level =
      is_large ? std::min(options_.level, OptimizationLevel::kQuick)
               : options_.level;
  const Batch batch = {.functions = {function},
                       .level = AffordableLevel(cost, level),
                       .loop = loop};
  ASSIGN_OR_RETURN(CodeImage image, CompilePart(optimized_, bodies_, batch,
                                                LoaderCalls::kOutside));
  image.module = module_;
  return image;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const TierCompiler>> NewFunctionCompiler(
    std::shared_ptr<const Module> module, const CompileOptions& options) {
  ASSIGN_OR_RETURN(
      Target target,
      Target::Create(options.instruction_set.value_or(HostInstructionSet()),
                     options.cpu));
  return std::make_unique<const FunctionCompiler>(std::move(module),
                                                  std::move(target), options);
}

}  // namespace wasijit::compiler
