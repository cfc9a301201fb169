#include "runtime/trap_handler.h"

#include <signal.h>
#include <ucontext.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "runtime/abi/trap.h"
#include "runtime/compiled_module.h"
#include "runtime/host_entry.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/fault_handlers.h"
#include "runtime/platform/interrupt_signal.h"
#include "runtime/unwinder.h"

// Everything here but the installation runs in signal handlers.

namespace wasijit {
namespace {

std::optional<TrapKind> ClassifyAccess(const ThreadState& thread,
                                       const CompiledModule* module,
                                       uintptr_t pc, uintptr_t address) {
  if (address >= thread.guard_begin && address < thread.stack_begin) {
    if (module == nullptr && !IsInHostEntry(pc)) return std::nullopt;
    return TrapKind::kCallStackExhausted;
  }
  if (module != nullptr && thread.activation->memories->Contains(address)) {
    return TrapKind::kOutOfBoundsMemoryAccess;
  }
  return std::nullopt;
}

std::optional<TrapKind> ClassifyInstruction(const CompiledModule* module,
                                            uintptr_t pc) {
  const auto* const instruction = reinterpret_cast<const uint8_t*>(pc);
  if (module == nullptr) {
    // Code of this program: whatever lies here can be read.
    constexpr size_t kLongestInstruction = 16;
    return IsInHostEntry(pc)
               ? DecodeTrapInstruction(instruction, kLongestInstruction)
               : std::nullopt;
  }
  const absl::Span<const uint8_t> text = module->text();
  const auto available =
      static_cast<size_t>(text.data() + text.size() - instruction);
  return DecodeTrapInstruction(instruction, available);
}

std::optional<TrapKind> Classify(const ThreadState& thread, int signal,
                                 const siginfo_t& info, uintptr_t pc) {
  // Somebody sent it.
  if (info.si_code <= 0) return std::nullopt;
  const CompiledModule* const module =
      CompiledModule::Containing(reinterpret_cast<const void*>(pc));
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
      return ClassifyAccess(thread, module, pc,
                            reinterpret_cast<uintptr_t>(info.si_addr));
    case SIGILL:
    case SIGTRAP:
      return ClassifyInstruction(module, pc);
    case SIGFPE:
      if (module == nullptr || info.si_code != FPE_INTDIV) return std::nullopt;
      return TrapKind::kIntegerDivideByZero;
    default:
      return std::nullopt;
  }
}

// Changes the thread so that it leaves its innermost activation.
void Leave(const ThreadState& thread, TrapKind kind, const MachineState& state,
           ucontext_t& context) {
  TrapRecord& trap = *thread.trap;
  trap.kind = kind;
  trap.is_from_host = false;
  CaptureFrames(thread, state.frame, trap.frames);
  trap.frames.fault_pc = state.pc;
  const bool has_stack = state.stack >= thread.stack_begin &&
                         state.stack <= thread.stack_end - sizeof(uintptr_t) &&
                         state.stack % sizeof(uintptr_t) == 0;
  trap.frames.entry_return_address =
      has_stack ? ReturnAddressAtEntry(state) : 0;
  ContinueInLeaveWasm(context, thread.activation);
}

bool FilterFault(int signal, const siginfo_t& info, ucontext_t& context) {
  const ThreadState& thread = current_thread;
  if (thread.activation == nullptr) return false;
  const MachineState state = ReadMachineState(context);
  const std::optional<TrapKind> kind = Classify(thread, signal, info, state.pc);
  if (!kind.has_value()) return false;
  Leave(thread, *kind, state, context);
  return true;
}

bool FilterInterrupt(int, const siginfo_t&, ucontext_t& context) {
  ThreadState& thread = current_thread;
  if (!thread.is_interrupted.load(std::memory_order_relaxed)) return false;
  if (thread.activation == nullptr) return true;
  const MachineState state = ReadMachineState(context);
  if (CompiledModule::Containing(reinterpret_cast<const void*>(state.pc)) ==
      nullptr) {
    return true;
  }
  if (thread.activation->previous == nullptr) {
    thread.is_interrupted.store(false, std::memory_order_relaxed);
  }
  Leave(thread, TrapKind::kInterrupted, state, context);
  return true;
}

}  // namespace

absl::Status InstallTrapHandler() {
  // Makes the registry before a handler needs it.
  static_cast<void>(CompiledModule::Containing(nullptr));
  // Several engines may do so at once.
  __atomic_store_n(&wasijit_unwinder, &UnwindException, __ATOMIC_RELAXED);
  return InstallFaultHandlers(FilterFault);
}

absl::Status InstallInterruptHandler() {
  static_cast<void>(CompiledModule::Containing(nullptr));
  return InstallInterruptSignal(FilterInterrupt);
}

}  // namespace wasijit
