// `wasijit objdump`: what a module consists of.
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "compiler/text/module_listing.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/file.h"
#include "tools/module_text.h"

namespace wasijit::tools {

absl::StatusOr<int> ObjdumpCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to look at");
  }
  const std::string& input = line.operands()[0];
  ASSIGN_OR_RETURN(const Module module, ReadModule(input));
  const bool disassemble = line.Has(Option::kDisassemble);
  // Without options: all but the code.
  const bool overview = !line.Has(Option::kSections) &&
                        !line.Has(Option::kContents) && !disassemble;
  std::string text;
  if (overview || line.Has(Option::kSections)) {
    absl::StrAppend(&text, "Sections:\n", compiler::ListSections(module));
  }
  if (overview || line.Has(Option::kContents)) {
    absl::StrAppend(&text, compiler::ListContents(module));
  }
  if (disassemble) {
    ASSIGN_OR_RETURN(const std::string code,
                     WithPath(compiler::Disassemble(module), input));
    absl::StrAppend(&text, "Code:\n", code);
  }
  RETURN_IF_ERROR(
      WriteText(std::string(line.Value(Option::kOutput).value_or("-")), text));
  return 0;
}

}  // namespace wasijit::tools
