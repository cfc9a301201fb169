// The module that the scripts of the official suite import as "spectest".
#ifndef WASIJIT_TOOLS_SPECTEST_H_
#define WASIJIT_TOOLS_SPECTEST_H_

#include "absl/status/status.h"
#include "runtime/linker.h"
#include "runtime/store.h"

namespace wasijit::tools {

// Defines its functions, which print nothing, and makes its globals, tables and
// memories in the store.
absl::Status DefineSpectest(Store& store, Linker& linker);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SPECTEST_H_
