// Finding where an exception is caught.
#ifndef WASIJIT_RUNTIME_UNWINDER_H_
#define WASIJIT_RUNTIME_UNWINDER_H_

#include <cstdint>

#include "runtime/platform/arch.h"

namespace wasijit {

// An Unwinder. What nothing in the innermost activation catches ends the call
// of Enter, with the exception pending.
uint64_t UnwindException(void* exception, UnwindRegisters& registers);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_UNWINDER_H_
