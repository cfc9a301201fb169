// What options give to a program: directories, environment, arguments.
#ifndef WASIJIT_TOOLS_PROGRAM_CONTEXT_H_
#define WASIJIT_TOOLS_PROGRAM_CONTEXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/command_line.h"
#include "wasi/wasi.h"

namespace wasijit::tools {

// REQUIRES: the line has an operand, the program's file. InvalidArgument names
// the option that is wrong.
absl::StatusOr<wasi::WasiOptions> WasiOptionsOf(const CommandLine& line);

// "HOST", "HOST::GUEST" or "HOST::GUEST::ro".
absl::StatusOr<wasi::Preopen> ParsePreopen(absl::string_view text);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_PROGRAM_CONTEXT_H_
