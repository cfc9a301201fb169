#include <cpuid.h>
#include <ucontext.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"

namespace wasijit {

// What arch_x86_64.S assumes.
static_assert(offsetof(RegisterFile, vectors) == 48);
static_assert(sizeof(RegisterFile) == 176);
static_assert(offsetof(VmHostContext, data) == 8);

MachineState ReadMachineState(const ucontext_t& context) {
  const auto& registers = context.uc_mcontext.gregs;
  return {.pc = static_cast<uintptr_t>(registers[REG_RIP]),
          .stack = static_cast<uintptr_t>(registers[REG_RSP]),
          .frame = static_cast<uintptr_t>(registers[REG_RBP]),
          .link = 0};
}

uintptr_t ReturnAddressAtEntry(const MachineState& state) {
  return *reinterpret_cast<const uintptr_t*>(state.stack);
}

void ContinueInLeaveWasm(ucontext_t& context, Activation* activation) {
  auto& registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = reinterpret_cast<greg_t>(&WasijitLeaveWasm);
  registers[REG_RDI] = reinterpret_cast<greg_t>(activation);
}

std::optional<TrapKind> DecodeTrapInstruction(const uint8_t* pc,
                                              size_t available) {
  // ud1l KIND(%eax), %eax: how LLVM selects llvm.ubsantrap. Kind 0 has no
  // displacement.
  constexpr uint8_t kPrefix[] = {0x67, 0x0f, 0xb9};
  constexpr uint8_t kPlain = 0x00;
  constexpr uint8_t kWithDisplacement = 0x40;
  if (available < sizeof(kPrefix) + 1 ||
      !std::equal(std::begin(kPrefix), std::end(kPrefix), pc)) {
    return std::nullopt;
  }
  if (pc[3] == kPlain) return TrapKindFromEncoding(0);
  if (pc[3] != kWithDisplacement || available < sizeof(kPrefix) + 2) {
    return std::nullopt;
  }
  return TrapKindFromEncoding(pc[4]);
}

// x86 keeps instruction fetch coherent with data.
void MakeCodeVisible(const uint8_t*, size_t) {}

namespace {

enum Register : uint8_t { kEax, kEbx, kEcx, kEdx };

// What the operating system must save for a feature: bits of XCR0.
enum State : uint8_t {
  kNoState = 0,
  kAvxState = 0x06,
  kAvx512State = 0xe6,
};

struct Feature {
  absl::string_view name;
  uint32_t leaf;
  uint32_t subleaf;
  Register reg;
  uint8_t bit;
  State state;
};

// Intel 64 and AMD64 manuals, CPUID.
constexpr Feature kFeatures[] = {
    {"sse3", 1, 0, kEcx, 0, kNoState},
    {"pclmul", 1, 0, kEcx, 1, kNoState},
    {"ssse3", 1, 0, kEcx, 9, kNoState},
    {"fma", 1, 0, kEcx, 12, kAvxState},
    {"cx16", 1, 0, kEcx, 13, kNoState},
    {"sse4.1", 1, 0, kEcx, 19, kNoState},
    {"sse4.2", 1, 0, kEcx, 20, kNoState},
    {"movbe", 1, 0, kEcx, 22, kNoState},
    {"popcnt", 1, 0, kEcx, 23, kNoState},
    {"aes", 1, 0, kEcx, 25, kNoState},
    {"avx", 1, 0, kEcx, 28, kAvxState},
    {"f16c", 1, 0, kEcx, 29, kAvxState},
    {"bmi", 7, 0, kEbx, 3, kNoState},
    {"avx2", 7, 0, kEbx, 5, kAvxState},
    {"bmi2", 7, 0, kEbx, 8, kNoState},
    {"avx512f", 7, 0, kEbx, 16, kAvx512State},
    {"avx512dq", 7, 0, kEbx, 17, kAvx512State},
    {"adx", 7, 0, kEbx, 19, kNoState},
    {"avx512ifma", 7, 0, kEbx, 21, kAvx512State},
    {"avx512cd", 7, 0, kEbx, 28, kAvx512State},
    {"sha", 7, 0, kEbx, 29, kNoState},
    {"avx512bw", 7, 0, kEbx, 30, kAvx512State},
    {"avx512vl", 7, 0, kEbx, 31, kAvx512State},
    {"avx512vbmi", 7, 0, kEcx, 1, kAvx512State},
    {"avx512vbmi2", 7, 0, kEcx, 6, kAvx512State},
    {"gfni", 7, 0, kEcx, 8, kNoState},
    {"vaes", 7, 0, kEcx, 9, kAvxState},
    {"vpclmulqdq", 7, 0, kEcx, 10, kAvxState},
    {"avx512vnni", 7, 0, kEcx, 11, kAvx512State},
    {"avx512bitalg", 7, 0, kEcx, 12, kAvx512State},
    {"avx512vpopcntdq", 7, 0, kEcx, 14, kAvx512State},
    {"avx512fp16", 7, 0, kEdx, 23, kAvx512State},
    {"avxvnni", 7, 1, kEax, 4, kAvxState},
    {"avx512bf16", 7, 1, kEax, 5, kAvx512State},
    {"avxifma", 7, 1, kEax, 23, kAvxState},
    {"avxvnniint8", 7, 1, kEdx, 4, kAvxState},
    {"lzcnt", 0x80000001, 0, kEcx, 5, kNoState},
};

// XCR0, or 0 if the operating system does not use XSAVE.
uint32_t EnabledState() {
  constexpr uint32_t kOsXsave = 1u << 27;
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kOsXsave) == 0) {
    return 0;
  }
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

}  // namespace

bool HostHasCpuFeature(absl::string_view name) {
  static const uint32_t enabled_state = EnabledState();
  for (const Feature& feature : kFeatures) {
    if (feature.name != name) continue;
    uint32_t registers[4];
    return __get_cpuid_count(feature.leaf, feature.subleaf, &registers[kEax],
                             &registers[kEbx], &registers[kEcx],
                             &registers[kEdx]) != 0 &&
           (registers[feature.reg] >> feature.bit & 1) != 0 &&
           (enabled_state & feature.state) == feature.state;
  }
  return false;
}

}  // namespace wasijit
