// `wasijit compile`: a module's machine code as a file.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/backend.h"
#include "compiler/load.h"
#include "runtime/abi/code_image.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/compiler_module.h"
#include "tools/file.h"
#include "tools/module_file.h"
#include "tools/settings.h"

namespace wasijit::tools {
namespace {

// As Wasmtime names such files: "dir/a.wasm" becomes "a.cwasm" here.
std::string DefaultOutput(absl::string_view input) {
  absl::string_view stem = input.substr(input.rfind('/') + 1);
  stem = stem.substr(0, stem.rfind('.'));
  return absl::StrCat(stem, ".cwasm");
}

}  // namespace

absl::StatusOr<int> CompileCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to compile");
  }
  const std::string& input = line.operands()[0];
  if (input == "-" && !line.Has(Option::kOutput)) {
    return absl::InvalidArgumentError(
        "the standard input has no name to derive the output's from: "
        "say --output FILE");
  }
  ASSIGN_OR_RETURN(compiler::CompileOptions options, CompileOptionsOf(line));
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(input));
  auto compile = [&]() -> absl::StatusOr<CodeImage> {
    ASSIGN_OR_RETURN(std::shared_ptr<const Module> module,
                     compiler::LoadModule(bytes, options.features));
    ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
    return backend->compile(std::move(module), options);
  };
  ASSIGN_OR_RETURN(CodeImage image, WithPath(compile(), input));
  const absl::string_view output = line.Value(Option::kOutput).value_or("");
  RETURN_IF_ERROR(
      WriteFile(output.empty() ? DefaultOutput(input) : std::string(output),
                WriteImage(image)));
  return 0;
}

}  // namespace wasijit::tools
