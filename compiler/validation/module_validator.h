// Validation (specification, chapter 3): whether a module may be compiled.
#ifndef WASIJIT_COMPILER_VALIDATION_MODULE_VALIDATOR_H_
#define WASIJIT_COMPILER_VALIDATION_MODULE_VALIDATOR_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "compiler/syntax/features.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Checks the whole module, function bodies included, and sets
// Module::features_used. InvalidArgument says what is wrong, starting with the
// reference interpreter's message, and where: "type mismatch: expected i32,
// found i64, in function 3 \"f\" at offset 0x41 (i32.add)". A malformed body
// and the use of a feature that is not in `features` are InvalidArgument too.
// Time is linear in the size of the module; nothing recurses.
absl::Status ValidateModule(Module& module, FeatureSet features);

// Where the instruction lies that an error of ValidateModule is about, in the
// module's bytes; nothing if it is about something else.
std::optional<uint32_t> OffsetOf(const absl::Status& error);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_MODULE_VALIDATOR_H_
