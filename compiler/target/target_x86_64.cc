#include <cstdint>
#include <iterator>

#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kOptionalFeatures[] = {
    "sse4.2",      "popcnt",     "avx",          "avx2",
    "bmi",         "bmi2",       "lzcnt",        "fma",
    "movbe",       "f16c",       "avx512f",      "avx512cd",
    "avx512bw",    "avx512dq",   "avx512vl",     "avx512vbmi",
    "avx512vbmi2", "avx512vnni", "avx512bitalg", "avx512vpopcntdq",
    "gfni",        "avxvnni",
};

// rbx, r12 to r15.
constexpr uint32_t kSavedRegisters[] = {3, 12, 13, 14, 15};
static_assert(std::size(kSavedRegisters) == kX86SavedRegisters);

constexpr InstructionSetTraits kTraits = {
    .instruction_set = InstructionSet::kX86_64,
    .triple = "x86_64-unknown-linux-gnu",
    .base_cpu = "x86-64",
    // An access of memory byte i is [r13 + i] without a displacement.
    .pinned = Pinned::kMemoryBase,
    .frame_pointer = 6,
    .saved_registers = kSavedRegisters,
    // roundss and friends make the rounding instructions single operations;
    // every x86-64 server CPU since 2008 has them.
    .baseline_features = "+sse3,+ssse3,+sse4.1",
    // Gathers and scatters lose to scalar accesses on wasm's address
    // computations: 6.5 times slower on a matrix kernel (Ice Lake).
    .tuning_features = "+prefer-no-gather,+prefer-no-scatter",
    .optional_features = kOptionalFeatures,
};

}  // namespace

const InstructionSetTraits& X86_64Traits() { return kTraits; }

}  // namespace wasijit::compiler
