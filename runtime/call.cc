#include "runtime/call.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/trap.h"
#include "runtime/backtrace.h"
#include "runtime/function.h"
#include "runtime/host_entry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/thread_stacks.h"
#include "runtime/store.h"
#include "runtime/value_location.h"

namespace wasijit {
namespace {

// A failure to enter at all, in the form in which Enter reports.
bool RefuseEntry(absl::string_view why) {
  if (current_thread.trap != nullptr) current_thread.trap->is_from_host = false;
  SetPendingTermination(
      Trap{.kind = TrapKind::kHostError,
           .message = absl::StrFormat("cannot run WebAssembly here: %s", why)});
  return false;
}

absl::Status CheckArguments(const Function& function,
                            absl::Span<const Value> arguments) {
  const std::vector<ValueType>& parameters = function.type().params;
  if (arguments.size() != parameters.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the function takes %d arguments, not %d",
                        parameters.size(), arguments.size()));
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!function.store().ValueMatches(arguments[i], parameters[i])) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "argument %d is %s, but the function takes %s", i,
          ToString(arguments[i].type()), ToString(parameters[i])));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool Enter(const Function& function, RegisterFile& registers) {
  ThreadState& thread = current_thread;
  Store& store = function.store();
  const bool is_nested = thread.activation != nullptr;
  if (!is_nested) {
    const size_t stack_size = store.engine().options().max_wasm_stack;
    if (thread.stack_end - thread.stack_begin != stack_size) [[unlikely]] {
      const absl::Status status = PrepareThread(stack_size);
      if (!status.ok()) return RefuseEntry(status.message());
    }
  } else {
    // The nested call goes on below the host function that makes it.
    const auto frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (frame < thread.stack_begin || frame >= thread.stack_end) [[unlikely]] {
      return RefuseEntry("the host function has changed to another stack");
    }
  }
  Activation activation;
  activation.wasm_stack =
      is_nested ? nullptr : reinterpret_cast<void*>(thread.stack_end);
  activation.previous = thread.activation;
  activation.exit_frame = thread.exit_frame;
  activation.memories = &store.memory_ranges();
  thread.activation = &activation;
  const VmFunction& record = *function.record();
  const bool has_returned =
      WasijitEnterWasm(record.code, record.context, &registers, &activation);
  thread.activation = activation.previous;
  thread.exit_frame = activation.exit_frame;
  if (!has_returned && !thread.trap->is_from_host) [[unlikely]] {
    // What a caller may have left lying about has nothing to do with this.
    static_cast<void>(TakePendingTermination());
    store.NoteStoppedCode();
  }
  return has_returned;
}

Termination TakeTermination() {
  const TrapRecord* const record = current_thread.trap;
  std::optional<Termination> pending = TakePendingTermination();
  if (!pending.has_value()) {
    return Trap{.kind = record->kind,
                .message = {},
                .backtrace = Symbolize(record->frames)};
  }
  Termination termination = *std::move(pending);
  Backtrace* backtrace = nullptr;
  if (auto* const trap = std::get_if<Trap>(&termination)) {
    backtrace = &trap->backtrace;
  } else if (auto* const exception = std::get_if<Exception>(&termination)) {
    backtrace = &exception->backtrace;
  }
  // A trap of a nested call that a host function passes on has its own.
  if (backtrace != nullptr && record != nullptr && record->is_from_host &&
      backtrace->frames.empty()) {
    *backtrace = Symbolize(record->frames);
  }
  return termination;
}

absl::StatusOr<Outcome<std::vector<Value>>> Call(
    Function& function, absl::Span<const Value> arguments) {
  const absl::Status status = CheckArguments(function, arguments);
  if (!status.ok()) return status;
  RegisterFile registers;
  void* const buffer = function.store().call_buffer();
  LocationAssigner places = LocationAssigner::ForArguments();
  for (const Value& argument : arguments) {
    WriteCell(LocationAddress(places.Next(argument.type()), registers, buffer),
              argument);
  }
  if (!Enter(function, registers)) return std::unexpected(TakeTermination());
  std::vector<Value> results;
  results.reserve(function.type().results.size());
  places = LocationAssigner::ForResults();
  for (const ValueType type : function.type().results) {
    results.push_back(
        ReadCell(LocationAddress(places.Next(type), registers, buffer), type));
    function.store().Keep(results.back());
  }
  return results;
}

}  // namespace wasijit
