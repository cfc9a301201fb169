// Which system calls the process makes while a program runs.
#ifndef WASIJIT_TOOLS_SYSTEM_CALL_FILTER_H_
#define WASIJIT_TOOLS_SYSTEM_CALL_FILTER_H_

#include <linux/filter.h>

#include <vector>

#include "absl/status/status.h"

namespace wasijit::tools {

// From now on all calls but those of system_calls.def fail with ENOSYS, on all
// threads. Does nothing if the kernel has no filters, or if this build is
// watched by a sanitizer, which makes calls of its own. REQUIRES: no_new_privs.
absl::Status InstallSystemCallFilter();

// What the kernel runs for each call (seccomp(2)).
std::vector<sock_filter> SystemCallProgram();

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SYSTEM_CALL_FILTER_H_
