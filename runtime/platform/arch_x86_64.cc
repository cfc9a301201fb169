#include <cpuid.h>
#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
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

// What arch_x86_64.S assumes.
static_assert(offsetof(RegisterFile, vectors) == 48);
static_assert(sizeof(RegisterFile) == 176);
static_assert(offsetof(VmHostContext, data) == 8);
static_assert(offsetof(UnwindRegisters, frame) == 40);
static_assert(offsetof(UnwindRegisters, stack) == 48);
static_assert(offsetof(UnwindRegisters, pc) == 56);
static_assert(sizeof(UnwindRegisters) == 64);

// r13.
const SavedRegister kBridgeSavedRegister = {.index = 2, .offset = -8};
const int32_t kBridgeCallerStack = 16;

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

namespace {

// A distance counts from the end of its four bytes.
uint32_t Distance(const uint8_t* address, const uint8_t* target) {
  return static_cast<uint32_t>(target - (address + sizeof(uint32_t)));
}

}  // namespace

void WriteLazyStub(uint8_t* writable, LazyCall call, void* owner) {
  // movq $owner, %r11; movq $call, %r10; jmpq *(%rip); .quad WasijitLazyEntry
  uint8_t code[] = {0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0,  //
                    0x49, 0xba, 0, 0, 0, 0, 0, 0, 0, 0,  //
                    0xff, 0x25, 0, 0, 0, 0, 0, 0, 0, 0,  //
                    0,    0,    0, 0};
  static_assert(sizeof(code) <= kLazyStubSize);
  const auto entry = &WasijitLazyEntry;
  std::memcpy(code + 2, &owner, sizeof(owner));
  std::memcpy(code + 12, &call, sizeof(call));
  std::memcpy(code + 26, &entry, sizeof(entry));
  std::memcpy(writable, code, sizeof(code));
}

void WriteTrampoline(uint8_t* writable, const uint8_t* address,
                     uint32_t function, const uint8_t* lazy_stub) {
  // jmp next; next: movl $function, %eax; jmp lazy_stub; int3. Only the first
  // distance ever changes, so a thread may be anywhere in it meanwhile.
  uint8_t code[kTrampolineSize] = {0xe9, 0, 0,    0, 0, 0xb8, 0, 0,
                                   0,    0, 0xe9, 0, 0, 0,    0, 0xcc};
  const uint32_t distance = Distance(address + 11, lazy_stub);
  std::memcpy(code + 6, &function, sizeof(function));
  std::memcpy(code + 11, &distance, sizeof(distance));
  std::memcpy(writable, code, sizeof(code));
}

void PointTrampoline(uint8_t* writable, const uint8_t* address,
                     const uint8_t* target) {
  uint64_t word;
  std::memcpy(&word, writable, sizeof(word));
  const uint32_t distance = Distance(address + 1, target);
  std::memcpy(reinterpret_cast<uint8_t*>(&word) + 1, &distance,
              sizeof(distance));
  std::atomic_ref<uint64_t>(*reinterpret_cast<uint64_t*>(writable))
      .store(word, std::memory_order_release);
}

void PointCall(uint8_t* writable, const uint8_t* address,
               const uint8_t* target) {
  const uint32_t distance = Distance(address, target);
  std::memcpy(writable, &distance, sizeof(distance));
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

struct Leaf {
  uint32_t leaf;
  uint32_t subleaf;
};

// The leaves that describe features.
enum LeafIndex : uint8_t {
  kLeaf1,
  kLeaf7,
  kLeaf7Sub1,
  kLeafExtended,
  kLeafCount
};
constexpr Leaf kLeaves[kLeafCount] = {{1, 0}, {7, 0}, {7, 1}, {0x80000001, 0}};

struct Feature {
  absl::string_view name;
  LeafIndex leaf;
  Register reg;
  uint8_t bit;
  State state;
};

// Intel 64 and AMD64 manuals, CPUID.
constexpr Feature kFeatures[] = {
    {"sse3", kLeaf1, kEcx, 0, kNoState},
    {"pclmul", kLeaf1, kEcx, 1, kNoState},
    {"ssse3", kLeaf1, kEcx, 9, kNoState},
    {"fma", kLeaf1, kEcx, 12, kAvxState},
    {"cx16", kLeaf1, kEcx, 13, kNoState},
    {"sse4.1", kLeaf1, kEcx, 19, kNoState},
    {"sse4.2", kLeaf1, kEcx, 20, kNoState},
    {"movbe", kLeaf1, kEcx, 22, kNoState},
    {"popcnt", kLeaf1, kEcx, 23, kNoState},
    {"aes", kLeaf1, kEcx, 25, kNoState},
    {"avx", kLeaf1, kEcx, 28, kAvxState},
    {"f16c", kLeaf1, kEcx, 29, kAvxState},
    {"bmi", kLeaf7, kEbx, 3, kNoState},
    {"avx2", kLeaf7, kEbx, 5, kAvxState},
    {"bmi2", kLeaf7, kEbx, 8, kNoState},
    {"avx512f", kLeaf7, kEbx, 16, kAvx512State},
    {"avx512dq", kLeaf7, kEbx, 17, kAvx512State},
    {"adx", kLeaf7, kEbx, 19, kNoState},
    {"avx512ifma", kLeaf7, kEbx, 21, kAvx512State},
    {"avx512cd", kLeaf7, kEbx, 28, kAvx512State},
    {"sha", kLeaf7, kEbx, 29, kNoState},
    {"avx512bw", kLeaf7, kEbx, 30, kAvx512State},
    {"avx512vl", kLeaf7, kEbx, 31, kAvx512State},
    {"avx512vbmi", kLeaf7, kEcx, 1, kAvx512State},
    {"avx512vbmi2", kLeaf7, kEcx, 6, kAvx512State},
    {"gfni", kLeaf7, kEcx, 8, kNoState},
    {"vaes", kLeaf7, kEcx, 9, kAvxState},
    {"vpclmulqdq", kLeaf7, kEcx, 10, kAvxState},
    {"avx512vnni", kLeaf7, kEcx, 11, kAvx512State},
    {"avx512bitalg", kLeaf7, kEcx, 12, kAvx512State},
    {"avx512vpopcntdq", kLeaf7, kEcx, 14, kAvx512State},
    {"avx512fp16", kLeaf7, kEdx, 23, kAvx512State},
    {"avxvnni", kLeaf7Sub1, kEax, 4, kAvxState},
    {"avx512bf16", kLeaf7Sub1, kEax, 5, kAvx512State},
    {"avxifma", kLeaf7Sub1, kEax, 23, kAvxState},
    {"avxvnniint8", kLeaf7Sub1, kEdx, 4, kAvxState},
    {"lzcnt", kLeafExtended, kEcx, 5, kNoState},
};

// What CPUID says, asked once: a hypervisor may take its time to answer.
struct CpuDescription {
  // 0 where the CPU has no such leaf.
  uint32_t registers[kLeafCount][4] = {};
  // XCR0, or 0 if the operating system does not use XSAVE.
  uint32_t enabled_state = 0;
};

CpuDescription DescribeCpu() {
  CpuDescription cpu;
  for (size_t i = 0; i < kLeafCount; ++i) {
    uint32_t* const registers = cpu.registers[i];
    if (__get_cpuid_count(kLeaves[i].leaf, kLeaves[i].subleaf, &registers[kEax],
                          &registers[kEbx], &registers[kEcx],
                          &registers[kEdx]) == 0) {
      std::fill_n(registers, 4, 0);
    }
  }
  constexpr uint32_t kOsXsave = 1u << 27;
  if ((cpu.registers[kLeaf1][kEcx] & kOsXsave) != 0) {
    uint32_t high;
    asm volatile("xgetbv" : "=a"(cpu.enabled_state), "=d"(high) : "c"(0));
  }
  return cpu;
}

const CpuDescription& HostCpu() {
  static const CpuDescription cpu = DescribeCpu();
  return cpu;
}

}  // namespace

bool HostHasCpuFeature(absl::string_view name) {
  const CpuDescription& cpu = HostCpu();
  for (const Feature& feature : kFeatures) {
    if (feature.name != name) continue;
    const uint32_t value = cpu.registers[feature.leaf][feature.reg];
    return (value >> feature.bit & 1) != 0 &&
           (cpu.enabled_state & feature.state) == feature.state;
  }
  return false;
}

std::vector<uint64_t> HostCpuIdentity() {
  const CpuDescription& cpu = HostCpu();
  std::vector<uint64_t> identity = {cpu.enabled_state};
  for (size_t leaf = 0; leaf < kLeafCount; ++leaf) {
    for (size_t reg = kEax; reg <= kEdx; ++reg) {
      // This register of the first leaf says on which core the thread runs.
      if (leaf == kLeaf1 && reg == kEbx) continue;
      identity.push_back(cpu.registers[leaf][reg]);
    }
  }
  return identity;
}

}  // namespace wasijit
