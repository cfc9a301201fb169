// `wasijit completion`: scripts by which shells complete the command line.
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/completion.h"

namespace wasijit::tools {

absl::StatusOr<int> CompletionCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one shell: bash, zsh or fish");
  }
  absl::StatusOr<std::string> script = CompletionScript(line.operands()[0]);
  if (!script.ok()) return script.status();
  std::fputs(script->c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace wasijit::tools
