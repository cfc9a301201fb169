// Runs scripts in processes of their own, so that one that crashes takes no
// other with it.
#ifndef WASIJIT_TOOLS_SCRIPT_PROCESS_H_
#define WASIJIT_TOOLS_SCRIPT_PROCESS_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/script_runner.h"

namespace wasijit::tools {

// Makes the report of script number `script`; runs in the child. `on_command`
// is for ScriptOptions.
using ScriptFunction = std::function<ScriptReport(
    size_t script, std::function<void(size_t line)> on_command)>;

// The reports of scripts 0 to `count` - 1, in this order; at most `jobs` run at
// a time. A process that dies has, in place of its report, one failure: how it
// died, at the line that it was at. `on_report` is told of every report as it
// comes in. Must be called while the process has a single thread. Internal if
// no process can be made.
absl::StatusOr<std::vector<ScriptReport>> RunInProcesses(
    size_t count, size_t jobs, const ScriptFunction& run,
    const std::function<void(size_t script, const ScriptReport& report)>&
        on_report);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SCRIPT_PROCESS_H_
