// Completion scripts, made from the tables of commands and options.
#ifndef WASIJIT_TOOLS_COMPLETION_H_
#define WASIJIT_TOOLS_COMPLETION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wasijit::tools {

// The script for "bash", "zsh" or "fish"; InvalidArgument for another shell.
absl::StatusOr<std::string> CompletionScript(absl::string_view shell);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_COMPLETION_H_
