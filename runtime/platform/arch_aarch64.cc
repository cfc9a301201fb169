#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/abi/vm_context.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"

namespace wasijit {

// What arch_aarch64.S assumes.
static_assert(offsetof(RegisterFile, vectors) == 48);
static_assert(sizeof(RegisterFile) == 176);
static_assert(offsetof(VmHostContext, data) == 8);
static_assert(offsetof(UnwindRegisters, frame) == 144);
static_assert(offsetof(UnwindRegisters, stack) == 152);
static_assert(offsetof(UnwindRegisters, pc) == 160);
static_assert(sizeof(UnwindRegisters) == 168);

// x20.
const SavedRegister kBridgeSavedRegister = {.index = 1, .offset = 16};
const int32_t kBridgeCallerStack = 32;

MachineState ReadMachineState(const ucontext_t& context) {
  const auto& machine = context.uc_mcontext;
  return {.pc = machine.pc,
          .stack = machine.sp,
          .frame = machine.regs[29],
          .link = machine.regs[30]};
}

uintptr_t ReturnAddressAtEntry(const MachineState& state) { return state.link; }

void ContinueInLeaveWasm(ucontext_t& context, Activation* activation) {
  auto& machine = context.uc_mcontext;
  machine.pc = reinterpret_cast<uintptr_t>(&WasijitLeaveWasm);
  machine.regs[0] = reinterpret_cast<uintptr_t>(activation);
}

std::optional<TrapKind> DecodeTrapInstruction(const uint8_t* pc,
                                              size_t available) {
  // brk #0x5500|KIND: how LLVM selects llvm.ubsantrap. The 16-bit immediate
  // starts at bit 5.
  constexpr uint32_t kTrap = 0xd4200000u | 0x5500u << 5;
  constexpr uint32_t kKindMask = 0xffu << 5;
  const auto address = reinterpret_cast<uintptr_t>(pc);
  if (available < sizeof(uint32_t) || address % sizeof(uint32_t) != 0) {
    return std::nullopt;
  }
  const uint32_t instruction = *reinterpret_cast<const uint32_t*>(pc);
  if ((instruction & ~kKindMask) != kTrap) return std::nullopt;
  return TrapKindFromEncoding((instruction & kKindMask) >> 5);
}

void MakeCodeVisible(const uint8_t* begin, size_t size) {
  auto* const first = reinterpret_cast<char*>(const_cast<uint8_t*>(begin));
  __builtin___clear_cache(first, first + size);
}

namespace {

struct Feature {
  absl::string_view name;
  unsigned long auxiliary;
  unsigned long bit;
};

constexpr Feature kFeatures[] = {
    {"neon", AT_HWCAP, HWCAP_ASIMD},       {"fp-armv8", AT_HWCAP, HWCAP_FP},
    {"crc", AT_HWCAP, HWCAP_CRC32},        {"lse", AT_HWCAP, HWCAP_ATOMICS},
    {"fullfp16", AT_HWCAP, HWCAP_ASIMDHP}, {"rdm", AT_HWCAP, HWCAP_ASIMDRDM},
    {"jsconv", AT_HWCAP, HWCAP_JSCVT},     {"complxnum", AT_HWCAP, HWCAP_FCMA},
    {"rcpc", AT_HWCAP, HWCAP_LRCPC},       {"dotprod", AT_HWCAP, HWCAP_ASIMDDP},
    {"sha3", AT_HWCAP, HWCAP_SHA3},        {"sve", AT_HWCAP, HWCAP_SVE},
    {"fp16fml", AT_HWCAP, HWCAP_ASIMDFHM}, {"sve2", AT_HWCAP2, HWCAP2_SVE2},
    {"i8mm", AT_HWCAP2, HWCAP2_I8MM},      {"bf16", AT_HWCAP2, HWCAP2_BF16},
};

}  // namespace

bool HostHasCpuFeature(absl::string_view name) {
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) {
      return (getauxval(feature.auxiliary) & feature.bit) != 0;
    }
  }
  return false;
}

std::vector<uint64_t> HostCpuIdentity() {
  std::vector<uint64_t> identity = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  if ((identity[0] & HWCAP_CPUID) != 0) {
    // The kernel answers for the model's register.
    uint64_t model;
    asm("mrs %0, midr_el1" : "=r"(model));
    identity.push_back(model);
  }
  return identity;
}

}  // namespace wasijit
