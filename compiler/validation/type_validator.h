// Validity of the type section (specification, 3.2).
#ifndef WASIJIT_COMPILER_VALIDATION_TYPE_VALIDATOR_H_
#define WASIJIT_COMPILER_VALIDATION_TYPE_VALIDATOR_H_

#include "absl/status/status.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_context.h"

namespace wasijit::compiler {

// Checks the module's types and fills the context's registry and ids. Adds to
// `used` the features that they need.
absl::Status ValidateTypes(ModuleContext& context, FeatureSet& used);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_TYPE_VALIDATOR_H_
