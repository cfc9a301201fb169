// `wasijit validate`: whether modules are valid.
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler/jit/compile_options.h"
#include "compiler/text/module_parser.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/module_text.h"
#include "tools/settings.h"
#include "tools/terminal.h"

namespace wasijit::tools {
namespace {

absl::Status Validate(const std::string& path, compiler::FeatureSet features) {
  compiler::ParseOptions options;
  options.features = features;
  return ReadValidModule(path, options).status();
}

}  // namespace

absl::StatusOr<int> ValidateCommand(const CommandLine& line) {
  if (line.operands().empty()) {
    return absl::InvalidArgumentError("no FILE to validate");
  }
  ASSIGN_OR_RETURN(const compiler::CompileOptions options,
                   CompileOptionsOf(line));
  int status = EXIT_SUCCESS;
  for (const std::string& path : line.operands()) {
    const absl::Status result = Validate(path, options.features);
    if (result.ok()) continue;
    PrintMessage("error", result.message());
    status = EXIT_FAILURE;
  }
  return status;
}

}  // namespace wasijit::tools
