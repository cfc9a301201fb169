#include <cstdint>
#include <iterator>

#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kOptionalFeatures[] = {
    "lse", "rdm", "dotprod", "fullfp16", "i8mm", "rcpc",
};

// x19 to x28, d8 to d15.
constexpr uint32_t kSavedRegisters[] = {19, 20, 21, 22, 23, 24, 25, 26, 27,
                                        28, 72, 73, 74, 75, 76, 77, 78, 79};
static_assert(std::size(kSavedRegisters) == kAArch64SavedRegisters);

constexpr InstructionSetTraits kTraits = {
    .instruction_set = InstructionSet::kAArch64,
    .triple = "aarch64-unknown-linux-gnu",
    .base_cpu = "generic",
    // Positive scaled offsets reach 32 KiB of context; negative ones 256 bytes.
    .pinned = Pinned::kContextBegin,
    .frame_pointer = 29,
    .saved_registers = kSavedRegisters,
    .baseline_features = "+neon",
    .tuning_features = "",
    .optional_features = kOptionalFeatures,
};

}  // namespace

const InstructionSetTraits& AArch64Traits() { return kTraits; }

}  // namespace wasijit::compiler
