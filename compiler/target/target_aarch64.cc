#include "absl/strings/string_view.h"
#include "compiler/target/target.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kOptionalFeatures[] = {
    "lse", "rdm", "dotprod", "fullfp16", "i8mm", "rcpc",
};

constexpr InstructionSetTraits kTraits = {
    .instruction_set = InstructionSet::kAArch64,
    .triple = "aarch64-unknown-linux-gnu",
    .base_cpu = "generic",
    // Positive scaled offsets reach 32 KiB of context; negative ones 256 bytes.
    .pinned = Pinned::kContextBegin,
    .baseline_features = "+neon",
    .tuning_features = "",
    .optional_features = kOptionalFeatures,
};

}  // namespace

const InstructionSetTraits& AArch64Traits() { return kTraits; }

}  // namespace wasijit::compiler
