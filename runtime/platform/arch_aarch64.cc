#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <ucontext.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

namespace {

// The branch instruction `opcode` (b or bl) from one place to another.
uint32_t Branch(uint32_t opcode, const uint8_t* address,
                const uint8_t* target) {
  constexpr uint32_t kDistanceMask = 0x03ffffff;
  const auto words = static_cast<uint32_t>((target - address) >> 2);
  return opcode | (words & kDistanceMask);
}
constexpr uint32_t kB = 0x14000000;
constexpr uint32_t kOpcodeMask = 0xfc000000;

}  // namespace

void WriteLazyStub(uint8_t* writable, LazyCall call, void* owner) {
  const auto entry = &WasijitLazyEntry;
  const uint32_t code[] = {
      0xd503245f,  // bti c
      0x580000b1,  // ldr x17, owner
      0x580000d0,  // ldr x16, call
      0x580000e9,  // ldr x9, entry
      0xd61f0120,  // br x9
      0xd503201f,  // nop
  };
  void* const data[] = {owner, reinterpret_cast<void*>(call),
                        reinterpret_cast<void*>(entry)};
  static_assert(sizeof(code) + sizeof(data) <= kLazyStubSize);
  std::memcpy(writable, code, sizeof(code));
  std::memcpy(writable + sizeof(code), data, sizeof(data));
}

void WriteTrampoline(uint8_t* writable, const uint8_t* address,
                     uint32_t function, const uint8_t* lazy_stub) {
  // b next; next: movz w10, #low; movk w10, #high, lsl #16; b lazy_stub. Only
  // the first instruction ever changes.
  const uint32_t code[] = {
      Branch(kB, address, address + 4),
      0x52800000u | (function & 0xffff) << 5 | 10,
      0x72a00000u | (function >> 16) << 5 | 10,
      Branch(kB, address + 12, lazy_stub),
  };
  static_assert(sizeof(code) == kTrampolineSize);
  std::memcpy(writable, code, sizeof(code));
}

void PointTrampoline(uint8_t* writable, const uint8_t* address,
                     const uint8_t* target) {
  std::atomic_ref<uint32_t>(*reinterpret_cast<uint32_t*>(writable))
      .store(Branch(kB, address, target), std::memory_order_release);
  MakeCodeVisible(address, sizeof(uint32_t));
}

void PointCall(uint8_t* writable, const uint8_t* address,
               const uint8_t* target) {
  uint32_t instruction;
  std::memcpy(&instruction, writable, sizeof(instruction));
  instruction = Branch(instruction & kOpcodeMask, address, target);
  std::memcpy(writable, &instruction, sizeof(instruction));
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
