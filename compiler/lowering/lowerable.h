// What lowering does not know yet.
#ifndef WASIJIT_COMPILER_LOWERING_LOWERABLE_H_
#define WASIJIT_COMPILER_LOWERING_LOWERABLE_H_

#include "absl/status/status.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Unimplemented, naming the instruction or type and its place, if a valid
// module has something that cannot be lowered.
absl::Status CheckLowerable(const Module& module);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_LOWERABLE_H_
