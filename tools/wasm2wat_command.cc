// `wasijit wasm2wat`: the binary format to the text format.
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler/text/module_printer.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/file.h"
#include "tools/module_text.h"

namespace wasijit::tools {

absl::StatusOr<int> Wasm2watCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to print as text");
  }
  const std::string& input = line.operands()[0];
  ASSIGN_OR_RETURN(const Module module, ReadModule(input));
  ASSIGN_OR_RETURN(
      const std::string text,
      WithPath(compiler::PrintModule(
                   module, {.identifiers = !line.Has(Option::kStripNames)}),
               input));
  RETURN_IF_ERROR(
      WriteText(std::string(line.Value(Option::kOutput).value_or("-")), text));
  return 0;
}

}  // namespace wasijit::tools
