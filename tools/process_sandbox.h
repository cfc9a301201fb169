// A second wall around programs: what the process itself may still do once they
// run. What the runtime keeps from programs stays kept even if it is wrong.
#ifndef WASIJIT_TOOLS_PROCESS_SANDBOX_H_
#define WASIJIT_TOOLS_PROCESS_SANDBOX_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace wasijit::tools {

// Files and directories, the latter with everything below. What does not exist
// is not granted.
struct SandboxGrants {
  std::vector<std::string> readable = {};
  std::vector<std::string> writable = {};
};

// What the compiler needs when it is loaded later: its module, the system's
// libraries, and what says which CPU this is.
SandboxGrants CompilerGrants(const std::string& module);

// From now on, as far as the kernel has the means:
// - no program that is started gains privileges (no_new_privs);
// - only what is granted can be opened, and nothing can be executed; sockets
//   can neither be bound nor connected (Landlock, for the calling thread and
//   those that it starts);
// - the process makes only the system calls of system_calls.def (seccomp, for
//   all threads); others fail with ENOSYS.
// What is open stays open. An error if the kernel has a means but refuses it.
absl::Status EnterProcessSandbox(const SandboxGrants& grants);

// Closes the descriptors above 2 that the process was started with but for
// those of `kept`: those that would survive exec, since our own do not.
void CloseInheritedDescriptors(absl::Span<const int> kept);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_PROCESS_SANDBOX_H_
