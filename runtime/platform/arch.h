// The instruction set of this machine: entering and leaving compiled code, and
// the registers of a thread that was interrupted.
#ifndef WASIJIT_RUNTIME_PLATFORM_ARCH_H_
#define WASIJIT_RUNTIME_PLATFORM_ARCH_H_

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/abi/vm_context.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/platform/activation.h"

namespace wasijit {

#if defined(__x86_64__)
inline constexpr InstructionSet kHostInstructionSet = InstructionSet::kX86_64;
inline constexpr Pinned kHostPinned = Pinned::kMemoryBase;
inline constexpr uint32_t kHostSavedRegisters = kX86SavedRegisters;
#elif defined(__aarch64__)
inline constexpr InstructionSet kHostInstructionSet = InstructionSet::kAArch64;
inline constexpr Pinned kHostPinned = Pinned::kContextBegin;
inline constexpr uint32_t kHostSavedRegisters = kAArch64SavedRegisters;
#endif

extern "C" {

// Calls compiled code: saves the callee-saved registers, continues on
// activation->wasm_stack (16-byte aligned) unless that is null, puts `context`
// into the context register, loads all argument registers, calls, stores all
// result registers. True if the code returned; false if WasijitLeaveWasm ended
// it, in which case the registers are unchanged.
// REQUIRES: the innermost activation of the thread is `activation`.
bool WasijitEnterWasm(const void* code, void* context, RegisterFile* registers,
                      Activation* activation);

// Makes the WasijitEnterWasm of this activation return false. Nothing that
// lies between on the stacks is told.
[[noreturn]] void WasijitLeaveWasm(Activation* activation);

// Code for host functions of any type, called as compiled code calls functions,
// with a VmHostContext* in the context register: stores all argument registers,
// calls the GenericHostCall* that VmHostContext::data points to, loads all
// result registers.
void WasijitGenericHostEntry();

// Where a lazy stub goes, called as compiled code calls functions: stores all
// argument registers, calls the stub's LazyCall, and continues in the code that
// it returns as if that had been called.
void WasijitLazyEntry();

// Where code that WasijitEnterWasm calls returns to, and code that the tail
// call bridge calls.
extern const char wasijit_entry_return[];
extern const char wasijit_bridge_return[];

// Throws ThreadState::exception. Not a C function: host functions jump here in
// place of returning, with the callee-saved registers as they found them.
void WasijitThrowPending();

}  // extern "C"

// False if instead of returning the host function throws
// ThreadState::exception.
using GenericHostCall = bool (*)(VmHostContext* context,
                                 RegisterFile* registers);

// The registers that matter where a call returns to.
struct UnwindRegisters {
  // In the order of runtime/abi/unwind_tables.h.
  uint64_t saved[kHostSavedRegisters];
  uintptr_t frame;
  uintptr_t stack;
  uintptr_t pc;
};

// Finds where an exception goes on that is thrown where the call in `registers`
// returns to, and changes them to what they are there. Returns how many frames
// are left behind, that of Libcall::kThrow included. Does not return if nothing
// in the innermost activation catches the exception.
using Unwinder = uint64_t (*)(void* exception, UnwindRegisters& registers);

// Set before any compiled code runs.
extern "C" Unwinder wasijit_unwinder;

// The frame of the tail call bridge, which keeps nothing but the context
// register.
extern const SavedRegister kBridgeSavedRegister;
extern const int32_t kBridgeCallerStack;

// Finds the code of a function; `function` is as WriteTrampoline was told.
using LazyCall = const void* (*)(void* owner, uint32_t function);

// Trampolines are jumps. Each goes at first to a lazy stub, later to where it
// has been pointed; threads may run it meanwhile. `address` is where code is
// executed, `writable` its alias; both are multiples of 16.
inline constexpr size_t kTrampolineSize = 16;
inline constexpr size_t kLazyStubSize = 64;
void WriteLazyStub(uint8_t* writable, LazyCall call, void* owner);
void WriteTrampoline(uint8_t* writable, const uint8_t* address,
                     uint32_t function, const uint8_t* lazy_stub);
void PointTrampoline(uint8_t* writable, const uint8_t* address,
                     const uint8_t* target);
// Completes an ImageCall.
void PointCall(uint8_t* writable, const uint8_t* address,
               const uint8_t* target);

inline uintptr_t ReturnAddressInEntryStub() {
  return reinterpret_cast<uintptr_t>(wasijit_entry_return);
}
inline uintptr_t ReturnAddressInBridge() {
  return reinterpret_cast<uintptr_t>(wasijit_bridge_return);
}

// Of a thread that a signal interrupted. Everything below is
// async-signal-safe.
struct MachineState {
  uintptr_t pc;
  uintptr_t stack;
  uintptr_t frame;
  // On AArch64; else 0: the return address is at the top of the stack.
  uintptr_t link;
};
MachineState ReadMachineState(const ucontext_t& context);

// Where a function returns to at whose first instruction the thread is.
// REQUIRES: it is at one; the stack pointer is valid.
uintptr_t ReturnAddressAtEntry(const MachineState& state);

// Changes the thread so that it goes on with WasijitLeaveWasm(activation).
void ContinueInLeaveWasm(ucontext_t& context, Activation* activation);

// The kind in a trap instruction of compiled code at `pc`, or nothing if there
// is another instruction. REQUIRES: `available` bytes of code are readable.
std::optional<TrapKind> DecodeTrapInstruction(const uint8_t* pc,
                                              size_t available);

// Executes the trap instruction for kCallStackExhausted, which the fault
// handler takes on its own stack. The caller's frame pointer is that of its
// frame.
[[noreturn]] inline __attribute__((always_inline)) void
TrapCallStackExhausted() {
#if defined(__x86_64__)
  asm volatile("ud1l %c0(%%eax), %%eax" ::"i"(TrapKind::kCallStackExhausted));
#elif defined(__aarch64__)
  asm volatile(
      "brk %0" ::"i"(0x5500 | static_cast<int>(TrapKind::kCallStackExhausted)));
#endif
  __builtin_unreachable();
}

// What the caller of the present function has in registers that functions
// preserve, as far as it has not been saved on the stack since.
struct SavedRegisters {
  alignas(16) uint64_t words[20];
};

inline __attribute__((always_inline)) void SaveRegisters(
    SavedRegisters& registers) {
#if defined(__x86_64__)
  asm volatile(
      "movq %%rbx, 0(%0)\n\t"
      "movq %%rbp, 8(%0)\n\t"
      "movq %%r12, 16(%0)\n\t"
      "movq %%r13, 24(%0)\n\t"
      "movq %%r14, 32(%0)\n\t"
      "movq %%r15, 40(%0)" ::"r"(registers.words)
      : "memory");
  for (size_t i = 6; i < 20; ++i) registers.words[i] = 0;
#elif defined(__aarch64__)
  asm volatile(
      "stp x19, x20, [%0]\n\t"
      "stp x21, x22, [%0, #16]\n\t"
      "stp x23, x24, [%0, #32]\n\t"
      "stp x25, x26, [%0, #48]\n\t"
      "stp x27, x28, [%0, #64]\n\t"
      "stp x29, x30, [%0, #80]\n\t"
      "stp d8, d9, [%0, #96]\n\t"
      "stp d10, d11, [%0, #112]\n\t"
      "stp d12, d13, [%0, #128]\n\t"
      "stp d14, d15, [%0, #144]" ::"r"(registers.words)
      : "memory");
#endif
}

// Makes code that has been written as data visible to instruction fetch.
void MakeCodeVisible(const uint8_t* begin, size_t size);

// Whether this CPU and operating system support a feature, by LLVM's name.
// False for names that are not known here.
bool HostHasCpuFeature(absl::string_view name);

// What tells this CPU from those that other code may be compiled for: model and
// features, as the CPU itself puts them.
std::vector<uint64_t> HostCpuIdentity();

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_ARCH_H_
