// Arguments and results of scripts as values of a store.
#ifndef WASIJIT_TOOLS_SCRIPT_VALUES_H_
#define WASIJIT_TOOLS_SCRIPT_VALUES_H_

#include "absl/status/statusor.h"
#include "compiler/text/result_pattern.h"
#include "compiler/text/script.h"
#include "runtime/module/value.h"
#include "runtime/store.h"

namespace wasijit::tools {

// Fails if there is no room for a reference.
absl::StatusOr<Value> ArgumentValue(Store& store,
                                    const compiler::ScriptArgument& argument);

bool MatchesPattern(const Store& store, const Value& value,
                    const compiler::ResultPattern& pattern);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SCRIPT_VALUES_H_
