// Prints what the compiler makes of a module's functions, for golden tests.
//
// usage: print_code lowered|optimized|assembly x86_64|aarch64 FILE.wasm
//
// lowered: the IR as lowering leaves it; optimized: after the passes;
// assembly: the text of the machine code. The target's CPU is the baseline, so
// that the output does not depend on the machine.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/lowering/lowerable.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/features.h"
#include "compiler/target/target.h"
#include "compiler/validation/module_validator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/status/status_macros.h"
#include "tools/file.h"

namespace wasijit::compiler {
namespace {

absl::StatusOr<InstructionSet> InstructionSetFromName(absl::string_view name) {
  if (name == "x86_64") return InstructionSet::kX86_64;
  if (name == "aarch64") return InstructionSet::kAArch64;
  return absl::InvalidArgumentError(absl::StrCat("unknown target ", name));
}

std::string IrText(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

absl::StatusOr<std::string> CodeText(absl::string_view form,
                                     absl::string_view target_name,
                                     const std::string& path) {
  ASSIGN_OR_RETURN(InstructionSet instruction_set,
                   InstructionSetFromName(target_name));
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, tools::ReadFile(path));
  ASSIGN_OR_RETURN(Module module, DecodeModule(bytes));
  RETURN_IF_ERROR(ValidateModule(module, FeatureSet::All()));
  RETURN_IF_ERROR(CheckLowerable(module));
  ASSIGN_OR_RETURN(Target target, Target::Create(instruction_set, "baseline"));
  const VmContextLayout layout(module);
  const LoweringInput input{module, layout, target, {}};
  llvm::LLVMContext context;
  ModuleLowering lowering(input, context);
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    lowering.LowerFunction(i, CodePurpose::kEmit);
  }
  const std::unique_ptr<llvm::Module> code = std::move(lowering).Finish();
  if (form == "lowered") return IrText(*code);
  const OptimizationLevel level = OptimizationLevel::kFull;
  const auto machine = target.CreateTargetMachine(CodeGenLevel(level));
  OptimizeModule(*code, *machine, level);
  if (form == "optimized") return IrText(*code);
  if (form == "assembly") return EmitAssembly(*code, *machine);
  return absl::InvalidArgumentError(absl::StrCat("unknown form ", form));
}

}  // namespace
}  // namespace wasijit::compiler

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs(
        "usage: print_code lowered|optimized|assembly x86_64|aarch64 FILE\n",
        stderr);
    return 2;
  }
  absl::StatusOr<std::string> text =
      wasijit::compiler::CodeText(argv[1], argv[2], argv[3]);
  if (!text.ok()) {
    std::fprintf(stderr, "%s: %s\n", argv[3], text.status().ToString().c_str());
    return 1;
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return 0;
}
