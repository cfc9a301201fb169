#include "runtime/platform/thread_stacks.h"

#include <signal.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// A stack with an inaccessible region below.
absl::StatusOr<Reservation> CreateStack(size_t guard, size_t size) {
  ASSIGN_OR_RETURN(Reservation stack, Reservation::Create(guard + size));
  RETURN_IF_ERROR(stack.Protect(guard, size, Protection::kReadWrite));
  return stack;
}

class ThreadStacks {
 public:
  ThreadStacks() = default;
  ~ThreadStacks();
  ThreadStacks(const ThreadStacks&) = delete;
  ThreadStacks& operator=(const ThreadStacks&) = delete;

  absl::Status Prepare(size_t stack_size);

 private:
  absl::Status PrepareSignalStack();

  Reservation wasm_stack_;
  Reservation signal_stack_;
  // What the thread had before ours.
  stack_t previous_signal_stack_ = {};
  bool signal_stack_checked_ = false;
  TrapRecord trap_;
};

// Set when the thread's own has been destroyed: other destructors of
// thread-local objects may still want to run WebAssembly.
thread_local constinit bool thread_is_ending = false;

ThreadStacks::~ThreadStacks() {
  thread_is_ending = true;
  std::construct_at(&current_thread);
  if (signal_stack_.begin() != nullptr) {
    stack_t present = {};
    if (sigaltstack(nullptr, &present) == 0 &&
        present.ss_sp == signal_stack_.begin() + PageSize()) {
      sigaltstack(&previous_signal_stack_, nullptr);
    }
  }
}

absl::Status ThreadStacks::PrepareSignalStack() {
  if (signal_stack_checked_) return absl::OkStatus();
  stack_t present = {};
  if (sigaltstack(nullptr, &present) != 0) {
    return absl::ErrnoToStatus(errno, "sigaltstack");
  }
  if ((present.ss_flags & SS_DISABLE) != 0 ||
      present.ss_size < kSignalStackSize) {
    if ((present.ss_flags & SS_ONSTACK) != 0) {
      return absl::FailedPreconditionError(
          "the thread handles a signal on a stack too small for the faults of "
          "WebAssembly");
    }
    ASSIGN_OR_RETURN(Reservation stack,
                     CreateStack(PageSize(), kSignalStackSize));
    stack_t replacement = {};
    replacement.ss_sp = stack.begin() + PageSize();
    replacement.ss_size = stack.size() - PageSize();
    if (sigaltstack(&replacement, nullptr) != 0) {
      return absl::ErrnoToStatus(errno, "sigaltstack");
    }
    previous_signal_stack_ = present;
    signal_stack_ = std::move(stack);
  }
  signal_stack_checked_ = true;
  return absl::OkStatus();
}

absl::Status ThreadStacks::Prepare(size_t stack_size) {
  RETURN_IF_ERROR(PrepareSignalStack());
  ASSIGN_OR_RETURN(wasm_stack_, CreateStack(kStackGuardSize, stack_size));
  const auto begin = reinterpret_cast<uintptr_t>(wasm_stack_.begin());
  current_thread.guard_begin = begin;
  current_thread.stack_begin = begin + kStackGuardSize;
  current_thread.stack_end = begin + wasm_stack_.size();
  current_thread.host_stack_limit =
      current_thread.stack_begin + kHostStackReserve;
  current_thread.trap = &trap_;
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareThread(size_t stack_size) {
  const size_t present = current_thread.stack_end - current_thread.stack_begin;
  if (present == RoundUp(stack_size, PageSize()) ||
      current_thread.activation != nullptr) {
    return absl::OkStatus();
  }
  if (thread_is_ending) {
    return absl::FailedPreconditionError("the thread is ending");
  }
  static thread_local ThreadStacks stacks;
  return stacks.Prepare(stack_size);
}

}  // namespace wasijit
