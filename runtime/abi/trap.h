// Trap kinds: why WebAssembly code stopped, shared by compiled code, which
// encodes the kind in the trapping instruction, and by the runtime.
#ifndef WASIJIT_RUNTIME_ABI_TRAP_H_
#define WASIJIT_RUNTIME_ABI_TRAP_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit {

enum class TrapKind : uint8_t {
#define TRAP(name, message) k##name,
#include "runtime/abi/trap.def"
};

// The specification's message, for example "integer divide by zero".
absl::string_view TrapMessage(TrapKind kind);

// The C++ enumerator without its `k`, for example "IntegerDivideByZero"; names
// trap blocks in the compiler's output.
absl::string_view TrapName(TrapKind kind);

// The kind with this encoding, or nothing when there is none.
std::optional<TrapKind> TrapKindFromEncoding(uint32_t encoding);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_TRAP_H_
