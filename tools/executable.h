// Executables that hold a program: the runtime, the program's image, and the
// options of `run` that were given when it was made.
#ifndef WASIJIT_TOOLS_EXECUTABLE_H_
#define WASIJIT_TOOLS_EXECUTABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace wasijit::tools {

struct EmbeddedProgram {
  // As WriteImage.
  std::vector<uint8_t> image;
  // Words of the command line, before the program's own arguments.
  std::vector<std::string> options;
};

// The file's bytes: `runtime` is an executable that runs what is behind it.
std::vector<uint8_t> WriteExecutable(std::vector<uint8_t> runtime,
                                     const EmbeddedProgram& program);

// What WriteExecutable put behind an executable; reads no more than that.
// NotFound if there is nothing; InvalidArgument if it is damaged.
absl::StatusOr<EmbeddedProgram> ReadEmbeddedProgram(const std::string& path);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_EXECUTABLE_H_
