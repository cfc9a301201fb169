// Work that nobody waits for.
#ifndef WASIJIT_TOOLS_AFTERWARDS_H_
#define WASIJIT_TOOLS_AFTERWARDS_H_

#include "absl/functional/function_ref.h"

namespace wasijit::tools {

// Does the work when this process has ended, in whatever way: in a process of
// its own that has no connection with the terminal or with this one's files,
// and gives way to everything else. Does nothing if the system refuses.
// REQUIRES: the process has one thread; others would be missing in the new one.
void DoAfterwards(absl::FunctionRef<void()> work);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_AFTERWARDS_H_
