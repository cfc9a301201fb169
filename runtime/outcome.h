// How running WebAssembly ends: with results, in a trap, or because the program
// asked to exit.
//
// Three kinds of failure are kept apart. absl::Status says that a request made
// no sense or that the host lacks something; an Outcome says what the guest's
// program did.
#ifndef WASIJIT_RUNTIME_OUTCOME_H_
#define WASIJIT_RUNTIME_OUTCOME_H_

#include <cstdint>
#include <expected>
#include <string>
#include <variant>

#include "runtime/abi/trap.h"
#include "runtime/backtrace.h"

namespace wasijit {

struct Trap {
  TrapKind kind;
  // What a host function says about its failure; empty for TrapMessage(kind).
  std::string message = {};
  // Innermost frame first; filled in when the trap reaches the embedder.
  Backtrace backtrace = {};
};

// The program ended itself, as WASI's proc_exit does.
struct Exit {
  uint32_t code = 0;
};

// Why a call has no results.
using Termination = std::variant<Trap, Exit>;

template <typename T>
using Outcome = std::expected<T, Termination>;

// "integer divide by zero", or the host function's message.
std::string ToString(const Trap& trap);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_OUTCOME_H_
