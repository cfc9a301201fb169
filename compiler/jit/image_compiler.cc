#include "compiler/jit/image_compiler.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/codegen/image_linker.h"
#include "compiler/codegen/location_reader.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/codegen/unwind_reader.h"
#include "compiler/jit/batch_lowering.h"
#include "compiler/jit/batches.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/function_cost.h"
#include "compiler/jit/location_table.h"
#include "compiler/jit/unwind_table.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/target/target.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// The longest text that a pc-relative call spans on every instruction set.
constexpr size_t kMaxTextSize = size_t{128} << 20;

struct CompiledBatch {
  std::unique_ptr<llvm::MemoryBuffer> object;
  std::vector<ObjectLocation> locations;
  std::vector<FunctionUnwind> unwind;
};

absl::StatusOr<CompiledBatch> CompileBatch(const LoweringInput& input,
                                           const BodyIndex& bodies,
                                           const Batch& batch) {
  llvm::LLVMContext context;
  // Nobody looks at them.
  context.setDiscardValueNames(true);
  const std::unique_ptr<llvm::TargetMachine> machine =
      input.target.CreateTargetMachine(CodeGenLevel(batch.level));
  const std::unique_ptr<llvm::Module> module =
      LowerBatch(input, batch, context);
  OptimizeModule(*module, *machine, batch.level);

  CompiledBatch result;
  result.object = EmitObject(*module, *machine);
  ASSIGN_OR_RETURN(result.locations,
                   ReadLocations(result.object->getMemBufferRef(),
                                 [&](uint32_t bytecode_offset) {
                                   return bodies.FunctionAt(bytecode_offset);
                                 }));
  ASSIGN_OR_RETURN(
      result.unwind,
      ReadUnwindInfo(result.object->getMemBufferRef(), input.target.traits()));
  return result;
}

// Compiles all batches on threads of which this is one.
std::vector<absl::StatusOr<CompiledBatch>> CompileBatches(
    const LoweringInput& input, const BodyIndex& bodies,
    const std::vector<Batch>& batches, const CompileOptions& options) {
  std::vector<absl::StatusOr<CompiledBatch>> results(batches.size());
  std::atomic<size_t> next = 0;
  std::atomic<size_t> done = 0;
  const auto work = [&] {
    for (size_t i = next++; i < batches.size(); i = next++) {
      results[i] = CompileBatch(input, bodies, batches[i]);
      if (options.progress) options.progress(++done, batches.size());
    }
  };
  const unsigned threads = options.threads != 0
                               ? options.threads
                               : std::thread::hardware_concurrency();
  std::vector<std::jthread> helpers;
  for (size_t i = 1; i < std::min<size_t>(threads, batches.size()); ++i) {
    helpers.emplace_back(work);
  }
  work();
  helpers.clear();
  return results;
}

// `functions` are in the order of CodeImage::functions.
absl::Status AssembleImage(std::vector<absl::StatusOr<CompiledBatch>> compiled,
                           const std::vector<uint32_t>& functions,
                           LoaderCalls loader_calls, CodeImage& image) {
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> objects;
  std::vector<ObjectLocation> locations;
  std::vector<FunctionUnwind> unwind;
  for (absl::StatusOr<CompiledBatch>& batch : compiled) {
    RETURN_IF_ERROR(batch.status());
    objects.push_back(std::move(batch->object));
    std::move(batch->locations.begin(), batch->locations.end(),
              std::back_inserter(locations));
    std::move(batch->unwind.begin(), batch->unwind.end(),
              std::back_inserter(unwind));
  }
  ASSIGN_OR_RETURN(
      LinkedCode linked,
      LinkImage(image.instruction_set, std::move(objects), loader_calls));
  if (linked.text_size > kMaxTextSize) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "module compiles to ", linked.text_size,
        " bytes of machine code; at most ", kMaxTextSize, " are supported"));
  }
  image.code = std::move(linked.code);
  image.text_size = linked.text_size;
  image.slots = std::move(linked.slots);
  image.calls = std::move(linked.calls);
  for (const uint32_t function : functions) {
    image.functions.push_back(linked.functions.at(function));
  }
  AddLocations(locations, linked.functions, image);
  if (loader_calls != LoaderCalls::kNone) image.part = functions;
  // In a whole image the first function is the first that is not imported.
  AddUnwindTables(unwind, linked.functions,
                  functions.empty() ? 0 : functions[0], image);
  return absl::OkStatus();
}

CodeImage EmptyImage(const LoweringInput& input) {
  CodeImage image;
  image.instruction_set = input.target.traits().instruction_set;
  image.bounds_checks = input.options.bounds_checks;
  image.cpu_features = input.target.cpu_features();
  return image;
}

}  // namespace

absl::StatusOr<CodeImage> CompilePart(const LoweringInput& input,
                                      const BodyIndex& bodies,
                                      const Batch& batch,
                                      LoaderCalls loader_calls) {
  std::vector<absl::StatusOr<CompiledBatch>> compiled;
  compiled.push_back(CompileBatch(input, bodies, batch));
  CodeImage image = EmptyImage(input);
  RETURN_IF_ERROR(
      AssembleImage(std::move(compiled), batch.functions, loader_calls, image));
  return image;
}

absl::StatusOr<CodeImage> CompileModule(std::shared_ptr<const Module> module,
                                        const CompileOptions& options) {
  std::vector<uint32_t> functions(module->num_defined_functions());
  std::iota(functions.begin(), functions.end(), module->num_imported_functions);
  if (!options.large_functions) {
    for (const uint32_t function : functions) {
      RETURN_IF_ERROR(CheckAffordable(function, CostOf(*module, function)));
    }
  }
  ASSIGN_OR_RETURN(
      const Target target,
      Target::Create(options.instruction_set.value_or(HostInstructionSet()),
                     options.cpu));
  const VmContextLayout layout(*module);
  const LoweringInput input(*module, layout, target,
                            {.bounds_checks = options.bounds_checks,
                             .strict_traps = options.strict_traps,
                             .deterministic = options.deterministic});
  const BodyIndex bodies(*module);

  CodeImage image = EmptyImage(input);
  RETURN_IF_ERROR(AssembleImage(
      CompileBatches(input, bodies, PlanBatches(*module, options.level),
                     options),
      functions, LoaderCalls::kNone, image));
  image.module = std::move(module);
  return image;
}

}  // namespace wasijit::compiler
