// The machine that code is compiled for.
#ifndef WASIJIT_COMPILER_TARGET_TARGET_H_
#define WASIJIT_COMPILER_TARGET_TARGET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/vm_context_layout.h"

namespace wasijit::compiler {

// One per supported instruction set; the constants are in target_<isa>.cc.
struct InstructionSetTraits {
  InstructionSet instruction_set;
  const char* triple;
  // LLVM's generic CPU: what is available without any feature named below.
  const char* base_cpu;
  Pinned pinned;
  // DWARF's numbers: of the frame pointer, and of the registers that are
  // restored in unwinding, in the order of runtime/abi/unwind_tables.h.
  uint32_t frame_pointer;
  absl::Span<const uint32_t> saved_registers;
  // Features of every CPU that wasijit supports, and tuning that is always on.
  const char* baseline_features;
  const char* tuning_features;
  // The features that generated code may depend on. Anything else that a CPU
  // has is left unused, so that images name all they need.
  absl::Span<const absl::string_view> optional_features;
};

const InstructionSetTraits& X86_64Traits();
const InstructionSetTraits& AArch64Traits();
const InstructionSetTraits& TraitsOf(InstructionSet instruction_set);

// The instruction set of this process.
InstructionSet HostInstructionSet();

// Immutable and thread-safe.
class Target {
 public:
  // `cpu` is "native" (only for the host's instruction set), "baseline", or a
  // CPU or level name that LLVM knows. Fails with InvalidArgument otherwise.
  static absl::StatusOr<Target> Create(InstructionSet instruction_set,
                                       absl::string_view cpu);

  const InstructionSetTraits& traits() const { return *traits_; }
  Pinned pinned() const { return traits_->pinned; }

  // The optional features in use, sorted: what the image will require.
  const std::vector<std::string>& cpu_features() const { return cpu_features_; }
  bool HasFeature(absl::string_view feature) const;

  // Not thread-safe: one machine for each thread that compiles.
  std::unique_ptr<llvm::TargetMachine> CreateTargetMachine(
      llvm::CodeGenOptLevel level) const;

  // target-cpu, target-features and tune-cpu, for every function.
  void AddFunctionAttributes(llvm::AttrBuilder& attributes) const;

 private:
  Target() = default;

  const InstructionSetTraits* traits_ = nullptr;
  std::string tune_cpu_;
  std::string feature_string_;
  std::vector<std::string> cpu_features_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TARGET_TARGET_H_
