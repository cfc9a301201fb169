#include "runtime/host_entry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/function.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"
#include "runtime/store.h"

// The linker defines these for a section with such a name.
extern "C" {
extern const char __start_wasijit_host_entry[]
    __attribute__((visibility("hidden")));
extern const char __stop_wasijit_host_entry[]
    __attribute__((visibility("hidden")));
}

namespace wasijit {
namespace {

thread_local std::optional<Termination> pending_termination;

}  // namespace

bool IsInHostEntry(uintptr_t pc) {
  return pc >= reinterpret_cast<uintptr_t>(__start_wasijit_host_entry) &&
         pc < reinterpret_cast<uintptr_t>(__stop_wasijit_host_entry);
}

void SetPendingTermination(Termination termination) {
  pending_termination = std::move(termination);
}

std::optional<Termination> TakePendingTermination() {
  return std::exchange(pending_termination, std::nullopt);
}

namespace {

// Makes a pending exception of the host one of the store, ready to be thrown.
// False if something else is pending.
bool PrepareException(VmHostContext& context) {
  auto* const exception = std::get_if<Exception>(&*pending_termination);
  if (exception == nullptr) return false;
  absl::StatusOr<VmException*> object = context.function->store().NewException(
      *exception->tag, exception->payload);
  if (!object.ok()) {
    pending_termination =
        Trap{.kind = TrapKind::kHostError,
             .message = std::string(object.status().message())};
    return false;
  }
  pending_termination.reset();
  current_thread.exception = *object;
  return true;
}

}  // namespace

WASIJIT_UNINSTRUMENTED void RaisePendingTermination(void* frame,
                                                    VmHostContext* context) {
  if (!PrepareException(*context)) LeaveWithPendingTermination(frame);
}

WASIJIT_UNINSTRUMENTED void LeaveWithPendingTermination(void* frame) {
  ThreadState& thread = current_thread;
  TrapRecord& trap = *thread.trap;
  trap.is_from_host = true;
  trap.frames.fault_pc = 0;
  trap.frames.entry_return_address = 0;
  CaptureFrames(thread, reinterpret_cast<uintptr_t>(frame), trap.frames);
  WasijitLeaveWasm(thread.activation);
}

WASIJIT_HOST_ENTRY bool GenericHostClosure::Run(VmHostContext* context,
                                                RegisterFile* registers) {
  void* const frame = __builtin_frame_address(0);
  EnterHost(frame);
  auto& closure = *static_cast<GenericHostClosure*>(context->data);
  if (!closure.function_(closure, context, *registers)) [[unlikely]] {
    RaisePendingTermination(frame, context);
    return false;
  }
  return true;
}

const void* GenericHostEntry() {
  return reinterpret_cast<const void*>(&WasijitGenericHostEntry);
}

}  // namespace wasijit
