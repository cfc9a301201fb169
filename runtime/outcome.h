// How running WebAssembly ends: with results, in a trap, with an exception that
// nothing catches, or because the program asked to exit.
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
#include <vector>

#include "runtime/abi/trap.h"
#include "runtime/backtrace.h"
#include "runtime/module/value.h"

namespace wasijit {

class Tag;

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

// An exception that nothing has caught. A host function that returns one throws
// it. References in the payload live as long as the store.
struct Exception {
  // Of the same store.
  Tag* tag;
  // Of the tag's payload types.
  std::vector<Value> payload = {};
  // From where it was last thrown; filled in when it reaches the embedder.
  Backtrace backtrace = {};
};

// Why a call has no results.
using Termination = std::variant<Trap, Exit, Exception>;

template <typename T>
using Outcome = std::expected<T, Termination>;

// "integer divide by zero", or the host function's message.
std::string ToString(const Trap& trap);
// "tag out_of_range (i32.const 5)".
std::string ToString(const Exception& exception);
// A trap's text, "uncaught exception: ..." or "exit with status 5".
std::string ToString(const Termination& termination);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_OUTCOME_H_
