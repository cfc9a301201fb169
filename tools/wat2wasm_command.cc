// `wasijit wat2wasm`: the text format to the binary format.
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/module_parser.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/file.h"
#include "tools/module_text.h"

namespace wasijit::tools {

absl::StatusOr<int> Wat2wasmCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to assemble");
  }
  const std::string& input = line.operands()[0];
  if (input == "-" && !line.Has(Option::kOutput)) {
    return absl::InvalidArgumentError(
        "the standard input has no name to derive the output's from: "
        "say --output FILE");
  }
  compiler::ParseOptions options;
  options.identifiers = !line.Has(Option::kStripNames);
  ASSIGN_OR_RETURN(const Module module, line.Has(Option::kNoValidate)
                                            ? ReadModule(input, options)
                                            : ReadValidModule(input, options));
  const absl::string_view output = line.Value(Option::kOutput).value_or("");
  RETURN_IF_ERROR(WriteFile(
      output.empty() ? WithExtension(input, ".wasm") : std::string(output),
      *module.bytes));
  return 0;
}

}  // namespace wasijit::tools
