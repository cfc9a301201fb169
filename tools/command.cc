#include "tools/command.h"

namespace wasijit::tools {

absl::Span<const CommandInfo> Commands() {
  static constexpr CommandInfo kCommands[] = {
#define COMMAND(enumerator, name, operands, mode, summary) \
  {Command::k##enumerator, name,    operands,              \
   OperandMode::mode,      summary, &enumerator##Command},
#include "tools/commands.def"
  };
  return kCommands;
}

}  // namespace wasijit::tools
