// Calling functions of a store from C++.
#ifndef WASIJIT_RUNTIME_CALL_H_
#define WASIJIT_RUNTIME_CALL_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/function.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"

namespace wasijit {

// Calls with boxed values. InvalidArgument if the arguments are not those of
// the function's type. Calls may be nested: a host function may call. (Without
// boxing: TypedFunction.)
absl::StatusOr<Outcome<std::vector<Value>>> Call(
    Function& function, absl::Span<const Value> arguments);

// The bare call: arguments that fit are in `registers`, the others in the
// store's call buffer, and so are the results afterwards. False if the call
// ended otherwise; then TakeTermination says how. A thread that cannot get a
// stack for WebAssembly gives a trap with TrapKind::kHostError.
[[nodiscard]] bool Enter(const Function& function, RegisterFile& registers);

// REQUIRES: Enter has just returned false on this thread.
Termination TakeTermination();

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_CALL_H_
