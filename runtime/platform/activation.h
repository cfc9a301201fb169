// The state of a thread that runs WebAssembly: which calls into compiled code
// are active, on which stack, and what is needed to leave them at once.
#ifndef WASIJIT_RUNTIME_PLATFORM_ACTIVATION_H_
#define WASIJIT_RUNTIME_PLATFORM_ACTIVATION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/abi/trap.h"

namespace wasijit {

// Stack that a host function has at least when WebAssembly calls it.
inline constexpr size_t kHostStackReserve = size_t{256} << 10;

// An address range in which a memory's accesses fault when out of bounds.
struct MemoryRange {
  uintptr_t begin;
  uintptr_t end;
};

// Ascending. Changes only while no compiled code of the store runs.
struct MemoryRanges {
  const MemoryRange* ranges = nullptr;
  size_t count = 0;

  // Async-signal-safe.
  bool Contains(uintptr_t address) const;
};

// One call from the host into compiled code; lives on the caller's stack.
struct Activation {
  // The first three belong to the entry stub, which knows their offsets.
  // Its stack pointer after saving the callee-saved registers.
  void* entry_stack = nullptr;
  // The stack pointer to run on; null to stay on the present stack.
  void* wasm_stack = nullptr;
  // The shadow stack pointer, if the system has one (CET); else 0.
  uintptr_t shadow_stack = 0;

  Activation* previous = nullptr;
  // The frame of the host function that made this call, if WebAssembly called
  // that; else null.
  void* exit_frame = nullptr;
  const MemoryRanges* memories = nullptr;
};
static_assert(offsetof(Activation, entry_stack) == 0);
static_assert(offsetof(Activation, wasm_stack) == 8);
static_assert(offsetof(Activation, shadow_stack) == 16);

// The addresses of a backtrace, collected where a trap happened.
struct CapturedFrames {
  static constexpr uint32_t kMax = 64;

  // The instruction that trapped; 0 if a host function raised the trap.
  uintptr_t fault_pc = 0;
  // Where a function returns to whose first instruction is fault_pc, since it
  // has no frame yet; 0 if unknown.
  uintptr_t entry_return_address = 0;
  // Innermost first; host code in between included.
  uintptr_t return_addresses[kMax];
  uint32_t count = 0;
  bool truncated = false;
};

// Allocated with a thread's stack, so that the fault handler needs no memory.
struct TrapRecord {
  TrapKind kind;
  // A host function ended the activation and has left word why.
  bool is_from_host;
  CapturedFrames frames;
};

// All zero on a thread that has never run WebAssembly.
struct ThreadState {
  // The innermost; null when no compiled code is active.
  Activation* activation;
  // The lowest frame address at which a host function may start.
  uintptr_t host_stack_limit;
  // The frame of the host function that WebAssembly called last.
  void* exit_frame;
  // The thread's WebAssembly stack: guard, then usable bytes.
  uintptr_t guard_begin;
  uintptr_t stack_begin;
  uintptr_t stack_end;
  TrapRecord* trap;
  // Where the next use of the tail call bridge goes (libcalls.def).
  const void* tail_call_code;
  void* tail_call_context;
  // What WasijitThrowPending throws.
  void* exception;
  // Another thread wants this one to leave WebAssembly (interruption.h).
  std::atomic<bool> is_interrupted;
};
// The bridge knows their offsets.
static_assert(offsetof(ThreadState, tail_call_code) == 56);
static_assert(offsetof(ThreadState, tail_call_context) == 64);
static_assert(offsetof(ThreadState, exception) == 72);

// initial-exec: read in signal handlers and on every call.
extern thread_local constinit ThreadState current_thread
    __attribute__((tls_model("initial-exec")));

// Collects the frames of all active calls of the thread, from the one with
// frame pointer `frame` outwards. Reads nothing outside the thread's
// WebAssembly stack. Async-signal-safe.
void CaptureFrames(const ThreadState& thread, uintptr_t frame,
                   CapturedFrames& frames);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_ACTIVATION_H_
