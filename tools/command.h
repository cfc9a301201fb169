// The subcommands of the program.
#ifndef WASIJIT_TOOLS_COMMAND_H_
#define WASIJIT_TOOLS_COMMAND_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace wasijit::tools {

class CommandLine;

enum class Command : uint8_t {
#define COMMAND(enumerator, name, operands, mode, summary) k##enumerator,
#include "tools/commands.def"
};

enum class OperandMode : uint8_t {
  // The first operand ends the options: the rest is for the program.
  kProgram,
  // Operands and options may be mixed; "--" ends the options.
  kFiles,
};

struct CommandInfo {
  Command command;
  const char* name;
  const char* operands;
  OperandMode mode;
  const char* summary;
  // Returns the exit status of the process. An error is printed and gives 1.
  absl::StatusOr<int> (*run)(const CommandLine& line);
};

// In the order of Command.
absl::Span<const CommandInfo> Commands();

#define COMMAND(enumerator, name, operands, mode, summary) \
  absl::StatusOr<int> enumerator##Command(const CommandLine& line);
#include "tools/commands.def"

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_COMMAND_H_
