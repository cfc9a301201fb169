#include "compiler/target/target.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Attributes.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace wasijit::compiler {
namespace {

void InitializeLlvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    // InstCombine would sink a load into the only block that uses it, past
    // host calls that must not happen when the load traps.
    // The SLP vectoriser's smallest expected gains are losses: SHA-256 takes
    // 1.2 times native code's time instead of 1.4.
    // A frame made only where it is needed is not there when something traps
    // elsewhere, and the backtrace lacks the caller. Costs up to a twentieth.
    const char* arguments[] = {"wasijit", "-instcombine-code-sinking=0",
                               "-slp-threshold=3", "-enable-shrink-wrap=0"};
    llvm::cl::ParseCommandLineOptions(std::size(arguments), arguments);
  });
}

const llvm::Target* FindLlvmTarget(const InstructionSetTraits& traits) {
  std::string error;
  return llvm::TargetRegistry::lookupTarget(llvm::Triple(traits.triple), error);
}

// Whether LLVM's description of `cpu` includes a feature.
class CpuDescription {
 public:
  static std::optional<CpuDescription> Find(const InstructionSetTraits& traits,
                                            absl::string_view cpu) {
    const llvm::Target* target = FindLlvmTarget(traits);
    const llvm::StringRef name(cpu.data(), cpu.size());
    std::unique_ptr<llvm::MCSubtargetInfo> generic(
        target->createMCSubtargetInfo(llvm::Triple(traits.triple), "", ""));
    if (!generic->isCPUStringValid(name)) return std::nullopt;
    return CpuDescription(std::unique_ptr<llvm::MCSubtargetInfo>(
        target->createMCSubtargetInfo(llvm::Triple(traits.triple), name, "")));
  }

  bool Has(absl::string_view feature) const {
    return subtarget_->checkFeatures(absl::StrCat("+", feature));
  }

 private:
  explicit CpuDescription(std::unique_ptr<llvm::MCSubtargetInfo> subtarget)
      : subtarget_(std::move(subtarget)) {}

  std::unique_ptr<llvm::MCSubtargetInfo> subtarget_;
};

}  // namespace

const InstructionSetTraits& TraitsOf(InstructionSet instruction_set) {
  return instruction_set == InstructionSet::kX86_64 ? X86_64Traits()
                                                    : AArch64Traits();
}

InstructionSet HostInstructionSet() {
  const llvm::Triple host(llvm::sys::getProcessTriple());
  return host.isAArch64() ? InstructionSet::kAArch64 : InstructionSet::kX86_64;
}

absl::StatusOr<Target> Target::Create(InstructionSet instruction_set,
                                      absl::string_view cpu) {
  InitializeLlvm();
  Target target;
  target.traits_ = &TraitsOf(instruction_set);
  target.tune_cpu_ = target.traits_->base_cpu;

  if (cpu == "native") {
    if (instruction_set != HostInstructionSet()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "CPU \"native\" is not a ", target.traits_->triple, " CPU"));
    }
    target.tune_cpu_ = llvm::sys::getHostCPUName().str();
    const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
    for (absl::string_view feature : target.traits_->optional_features) {
      const auto found =
          host.find(llvm::StringRef(feature.data(), feature.size()));
      if (found != host.end() && found->second) {
        target.cpu_features_.emplace_back(feature);
      }
    }
  } else if (cpu != "baseline") {
    std::optional<CpuDescription> description =
        CpuDescription::Find(*target.traits_, cpu);
    if (!description.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "unknown CPU \"", cpu, "\" for ", target.traits_->triple));
    }
    target.tune_cpu_ = std::string(cpu);
    for (absl::string_view feature : target.traits_->optional_features) {
      if (description->Has(feature)) target.cpu_features_.emplace_back(feature);
    }
  }
  std::sort(target.cpu_features_.begin(), target.cpu_features_.end());

  std::vector<std::string> enabled = {target.traits_->baseline_features};
  if (*target.traits_->tuning_features != '\0') {
    enabled.emplace_back(target.traits_->tuning_features);
  }
  for (const std::string& feature : target.cpu_features_) {
    enabled.push_back(absl::StrCat("+", feature));
  }
  target.feature_string_ = absl::StrJoin(enabled, ",");
  return target;
}

bool Target::HasFeature(absl::string_view feature) const {
  return std::any_of(cpu_features_.begin(), cpu_features_.end(),
                     [&](const std::string& f) { return f == feature; });
}

std::unique_ptr<llvm::TargetMachine> Target::CreateTargetMachine(
    llvm::CodeGenOptLevel level) const {
  llvm::TargetOptions options;
  // Unreachable blocks follow a trap instruction already.
  options.TrapUnreachable = false;
  return std::unique_ptr<llvm::TargetMachine>(
      FindLlvmTarget(*traits_)->createTargetMachine(
          llvm::Triple(traits_->triple), traits_->base_cpu, feature_string_,
          options, llvm::Reloc::PIC_, llvm::CodeModel::Small, level,
          /*JIT=*/false));
}

void Target::AddFunctionAttributes(llvm::AttrBuilder& attributes) const {
  attributes.addAttribute("target-cpu", traits_->base_cpu);
  attributes.addAttribute("tune-cpu", tune_cpu_);
  attributes.addAttribute("target-features", feature_string_);
}

}  // namespace wasijit::compiler
