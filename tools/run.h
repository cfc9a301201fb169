// What `wasijit run` does, for programs that are not in a file of their own.
#ifndef WASIJIT_TOOLS_RUN_H_
#define WASIJIT_TOOLS_RUN_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/command_line.h"

namespace wasijit::tools {

// Runs a serialised image, which is trusted, under the options of a command
// line whose FILE is only a name. Returns the exit status.
absl::StatusOr<int> RunImage(const CommandLine& line,
                             absl::Span<const uint8_t> image);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_RUN_H_
