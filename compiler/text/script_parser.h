// Text -> Script.
#ifndef WASIJIT_COMPILER_TEXT_SCRIPT_PARSER_H_
#define WASIJIT_COMPILER_TEXT_SCRIPT_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/script.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// The source must outlive the result. A text that consists of module fields is
// one module. InvalidArgument as ParseModule.
absl::StatusOr<Script> ParseScript(absl::string_view source);

// The module, decoded or parsed, not validated; its own errors.
absl::StatusOr<Module> ParseScriptModule(const Script& script,
                                         const ScriptModule& module,
                                         const ParseOptions& options = {});

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_SCRIPT_PARSER_H_
