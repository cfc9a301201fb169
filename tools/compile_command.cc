// `wasijit compile`: a module's machine code as a file.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/backend.h"
#include "compiler/jit/listing.h"
#include "compiler/load.h"
#include "runtime/abi/code_image.h"
#include "runtime/code_cache.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/compiler_module.h"
#include "tools/file.h"
#include "tools/module_file.h"
#include "tools/settings.h"
#include "tools/user_cache.h"

namespace wasijit::tools {
namespace {

struct Form {
  absl::string_view name;
  // Of the default output.
  absl::string_view extension;
  // Nothing for the image.
  std::optional<compiler::ListingKind> listing;
};

// Named as --emit names them.
constexpr Form kForms[] = {
    // The extension is Wasmtime's.
    {"image", ".cwasm", std::nullopt},
    {"ir", ".ll", compiler::ListingKind::kLlvmIr},
    {"optimized-ir", ".ll", compiler::ListingKind::kOptimizedLlvmIr},
    {"assembly", ".s", compiler::ListingKind::kAssembly},
};

const Form& FormOf(const CommandLine& line) {
  const auto name = line.Value(Option::kEmit);
  const auto* form =
      std::find_if(std::begin(kForms), std::end(kForms),
                   [&](const Form& form) { return form.name == name; });
  return form == std::end(kForms) ? kForms[0] : *form;
}

// "dir/a.wasm" becomes "a.cwasm", in the current directory.
std::string DefaultOutput(absl::string_view input, const Form& form) {
  absl::string_view stem = input.substr(input.rfind('/') + 1);
  return absl::StrCat(stem.substr(0, stem.rfind('.')), form.extension);
}

absl::StatusOr<std::vector<uint8_t>> Compile(
    const compiler::CompileOptions& options, const Form& form,
    const CodeCache& signatures, absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Module> module,
                   compiler::LoadModule(bytes, options.features));
  ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
  if (!form.listing) {
    ASSIGN_OR_RETURN(CodeImage image, backend->compile(module, options));
    std::vector<uint8_t> file = WriteImage(image);
    // Without a key of the user's, running it takes --allow-precompiled.
    absl::StatusOr<std::vector<uint8_t>> with_signature = signatures.Sign(file);
    return with_signature.ok() ? with_signature : file;
  }
  ASSIGN_OR_RETURN(std::string text,
                   backend->list(*module, options, *form.listing));
  return std::vector<uint8_t>(text.begin(), text.end());
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
  RETURN_IF_ERROR(RejectSettings(line, Option::kCodegen));
  ASSIGN_OR_RETURN(const UserCache user, UserCacheOf(line));
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(input));
  const Form& form = FormOf(line);
  ASSIGN_OR_RETURN(std::vector<uint8_t> code,
                   WithPath(Compile(options, form, *user.cache, bytes), input));
  const std::optional<absl::string_view> output = line.Value(Option::kOutput);
  RETURN_IF_ERROR(WriteFile(
      output ? std::string(*output) : DefaultOutput(input, form), code));
  return 0;
}

}  // namespace wasijit::tools
