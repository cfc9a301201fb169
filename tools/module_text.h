// Modules for the commands that look at them without running them.
#ifndef WASIJIT_TOOLS_MODULE_TEXT_H_
#define WASIJIT_TOOLS_MODULE_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/module_parser.h"
#include "runtime/module/module.h"

namespace wasijit::tools {

// Reads a module in the binary or the text format, "-" being the standard
// input, without validating it. Errors name the file.
absl::StatusOr<Module> ReadModule(const std::string& path,
                                  const compiler::ParseOptions& options = {});

// The same, validated too. Errors about instructions of a text show its place.
absl::StatusOr<Module> ReadValidModule(
    const std::string& path, const compiler::ParseOptions& options = {});

// Writes text to a file or, for "-", to the standard output.
absl::Status WriteText(const std::string& path, absl::string_view text);

// The file's name without directory and with another extension: "a.wasm" for
// "dir/a.wat" and ".wasm".
std::string WithExtension(absl::string_view path, absl::string_view extension);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_MODULE_TEXT_H_
