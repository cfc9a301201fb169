// What happens at the edge between WebAssembly and the host.
#ifndef WASIJIT_RUNTIME_HOST_ENTRY_H_
#define WASIJIT_RUNTIME_HOST_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/abi/calling_convention.h"
#include "runtime/abi/vm_context.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"

namespace wasijit {

// Code that may be left without returning has no instrumentation of its own:
// sanitizers keep books of frames.
#define WASIJIT_UNINSTRUMENTED                      \
  __attribute__((disable_sanitizer_instrumentation, \
                 no_sanitize("address", "thread", "undefined")))

// For functions that compiled code calls. In their own section, so that the
// fault handler knows that running into the stack's guard there is the guest's
// exhaustion.
#define WASIJIT_HOST_ENTRY \
  WASIJIT_UNINSTRUMENTED   \
  __attribute__((section("wasijit_host_entry"), aligned(16)))

// Whether the address lies in that section. Async-signal-safe.
bool IsInHostEntry(uintptr_t pc);

// Makes a failure of a host function pending on this thread.
void SetPendingTermination(Termination termination);
// Takes it back, if there is one.
std::optional<Termination> TakePendingTermination();

// Leaves the innermost call of Enter, which returns false. No destructor of
// what lies between runs. `frame` is the frame address of the function that
// compiled code called with `context`.
//
// Returns only if what is pending is an exception: that is for compiled code to
// catch, so the function has to end in ThrowPendingCode, with the
// callee-saved registers as compiled code knows them.
void RaisePendingTermination(void* frame, VmHostContext* context);
// The part that does not return, whatever is pending.
[[noreturn]] void LeaveWithPendingTermination(void* frame);

// The first thing that code does when WebAssembly has called it: traps unless
// there are kHostStackReserve bytes of stack, and notes where the frames of
// WebAssembly begin for backtraces. `frame` is __builtin_frame_address(0).
inline __attribute__((always_inline)) void EnterHost(void* frame) {
  if (reinterpret_cast<uintptr_t>(frame) < current_thread.host_stack_limit)
      [[unlikely]] {
    TrapCallStackExhausted();
  }
  current_thread.exit_frame = frame;
}

// What VmHostContext::data points to if the code is GenericHostEntry().
class GenericHostClosure {
 public:
  // Takes arguments from the registers and the call buffer and puts results
  // there. False if the call failed; the failure is then pending.
  using Function = bool (*)(GenericHostClosure& closure, VmHostContext* context,
                            RegisterFile& registers);

  explicit GenericHostClosure(Function function) : function_(function) {}

 private:
  static bool Run(VmHostContext* context, RegisterFile* registers);

  // First: the native entry knows only this.
  [[maybe_unused]] const GenericHostCall entry_ = &Run;
  const Function function_;
};

// Code to which a function jumps whose RaisePendingTermination has returned.
inline void* ThrowPendingCode() {
  return reinterpret_cast<void*>(&WasijitThrowPending);
}

// Code for host functions of any type; it calls the GenericHostClosure.
const void* GenericHostEntry();

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_HOST_ENTRY_H_
