#include "compiler/jit/listing.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/jit/batch_lowering.h"
#include "compiler/jit/batches.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/located_listing.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/target/target.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

std::string ListBatch(const LoweringInput& input, const Batch& batch,
                      ListingKind kind) {
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::TargetMachine> machine =
      input.target.CreateTargetMachine(CodeGenLevel(batch.level));
  const std::unique_ptr<llvm::Module> module =
      LowerBatch(input, batch, context);
  if (kind != ListingKind::kLlvmIr) {
    OptimizeModule(*module, *machine, batch.level);
  }
  if (kind == ListingKind::kLocated) return ListLocated(*module, *machine);
  if (kind == ListingKind::kObject) {
    return EmitObject(*module, *machine)->getBuffer().str();
  }
  // Locations would bury the code.
  llvm::StripDebugInfo(*module);
  if (kind == ListingKind::kAssembly) return EmitAssembly(*module, *machine);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, nullptr);
  return text;
}

// One batch, with as much effort as the one that gets least.
Batch Joined(const std::vector<Batch>& batches) {
  Batch joined;
  for (const Batch& batch : batches) {
    joined.functions.insert(joined.functions.end(), batch.functions.begin(),
                            batch.functions.end());
    joined.level = std::min(joined.level, batch.level);
  }
  return joined;
}

}  // namespace

absl::StatusOr<std::string> ListModule(const Module& module,
                                       const CompileOptions& options,
                                       ListingKind kind) {
  ASSIGN_OR_RETURN(
      const Target target,
      Target::Create(options.instruction_set.value_or(HostInstructionSet()),
                     options.cpu));
  const VmContextLayout layout(module);
  const LoweringInput input(module, layout, target,
                            {.bounds_checks = options.bounds_checks,
                             .strict_traps = options.strict_traps,
                             .deterministic = options.deterministic});
  std::string listing;
  std::vector<Batch> batches = PlanBatches(module, options.level);
  // One file has one symbol table.
  if (kind == ListingKind::kObject) batches = {Joined(batches)};
  for (const Batch& batch : batches) {
    absl::StrAppend(&listing, ListBatch(input, batch, kind));
  }
  return listing;
}

}  // namespace wasijit::compiler
