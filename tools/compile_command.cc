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
#include "runtime/platform/arch.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/compiler_module.h"
#include "tools/executable.h"
#include "tools/file.h"
#include "tools/installed_file.h"
#include "tools/module_file.h"
#include "tools/progress.h"
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

// Named as --emit names them; the first is the default.
constexpr Form kForms[] = {
    // The extension is Wasmtime's.
    {"image", ".cwasm", std::nullopt},
    {"llvm-ir", ".ll", compiler::ListingKind::kLlvmIr},
    {"llvm-ir-opt", ".ll", compiler::ListingKind::kOptimizedLlvmIr},
    {"asm", ".s", compiler::ListingKind::kAssembly},
    {"obj", ".o", compiler::ListingKind::kObject},
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
std::string DefaultOutput(absl::string_view input,
                          absl::string_view extension) {
  absl::string_view stem = input.substr(input.rfind('/') + 1);
  return absl::StrCat(stem.substr(0, stem.rfind('.')), extension);
}

// What an executable keeps of the command line.
constexpr Option kKept[] = {
    Option::kDir,           Option::kEnv,
    Option::kInheritEnv,    Option::kArgv0,
    Option::kMaxMemorySize, Option::kMaxTableElements,
    Option::kMaxWasmStack,  Option::kTrapUnknownImports,
};

std::vector<std::string> KeptOptions(const CommandLine& line) {
  std::vector<std::string> words;
  for (const Option option : kKept) {
    const OptionInfo& info = InfoOf(option);
    if (info.IsSwitch()) {
      if (line.Has(option)) words.push_back(absl::StrCat("--", info.name));
      continue;
    }
    for (const std::string& value : line.Values(option)) {
      words.push_back(absl::StrCat("--", info.name, "=", value));
    }
  }
  return words;
}

absl::Status CheckOptions(const CommandLine& line) {
  RETURN_IF_ERROR(RejectSettings(line, Option::kCodegen));
  RETURN_IF_ERROR(RejectSettings(line, Option::kWasi));
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to compile");
  }
  if (line.operands()[0] == "-" && !line.Has(Option::kOutput)) {
    return absl::InvalidArgumentError(
        "the standard input has no name to derive the output's from: "
        "say --output FILE");
  }
  if (line.Has(Option::kExe)) {
    return FormOf(line).listing
               ? absl::InvalidArgumentError("--exe writes no other form")
               : absl::OkStatus();
  }
  const std::vector<std::string> kept = KeptOptions(line);
  if (kept.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(kept[0].substr(0, kept[0].find('=')),
                   " is only for what runs: `wasijit run`, or --exe here"));
}

absl::StatusOr<CodeImage> CompileImage(compiler::CompileOptions options,
                                       std::shared_ptr<const Module> module) {
  ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
  Progress progress("Compiling");
  options.progress = [&](size_t done, size_t total) {
    progress.Report(done, total);
  };
  return backend->compile(std::move(module), options);
}

absl::StatusOr<std::vector<uint8_t>> Executable(const CommandLine& line,
                                                const CodeImage& image) {
  if (image.instruction_set != kHostInstructionSet) {
    return absl::InvalidArgumentError(
        "--exe needs a runtime for the instruction set; this one is for the "
        "host's");
  }
  ASSIGN_OR_RETURN(const std::string path, InstalledFile("wasijit-stub"));
  ASSIGN_OR_RETURN(std::vector<uint8_t> runtime, ReadFile(path));
  return WriteExecutable(std::move(runtime), {.image = WriteImage(image),
                                              .options = KeptOptions(line)});
}

absl::StatusOr<std::vector<uint8_t>> SignedImage(const CommandLine& line,
                                                 const CodeImage& image) {
  ASSIGN_OR_RETURN(const UserCache user, UserCacheOf(line));
  std::vector<uint8_t> file = WriteImage(image);
  // Without a key of the user's, running it takes --allow-precompiled.
  absl::StatusOr<std::vector<uint8_t>> with_signature = user.cache->Sign(file);
  return with_signature.ok() ? with_signature : file;
}

absl::StatusOr<std::vector<uint8_t>> Compile(const CommandLine& line,
                                             absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(const compiler::CompileOptions options,
                   CompileOptionsOf(line));
  ASSIGN_OR_RETURN(std::shared_ptr<const Module> module,
                   compiler::LoadModule(bytes, options.features));
  if (const auto listing = FormOf(line).listing) {
    ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
    ASSIGN_OR_RETURN(std::string text,
                     backend->list(*module, options, *listing));
    return std::vector<uint8_t>(text.begin(), text.end());
  }
  ASSIGN_OR_RETURN(const CodeImage image,
                   CompileImage(options, std::move(module)));
  return line.Has(Option::kExe) ? Executable(line, image)
                                : SignedImage(line, image);
}

}  // namespace

absl::StatusOr<int> CompileCommand(const CommandLine& line) {
  RETURN_IF_ERROR(CheckOptions(line));
  const std::string& input = line.operands()[0];
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadModuleFile(input));
  ASSIGN_OR_RETURN(std::vector<uint8_t> code,
                   WithPath(Compile(line, bytes), input));
  const bool is_executable = line.Has(Option::kExe);
  const std::optional<absl::string_view> output = line.Value(Option::kOutput);
  RETURN_IF_ERROR(WriteFile(
      output ? std::string(*output)
             : DefaultOutput(input, is_executable ? absl::string_view(".exe")
                                                  : FormOf(line).extension),
      code, is_executable ? FileKind::kExecutable : FileKind::kData));
  return 0;
}

}  // namespace wasijit::tools
