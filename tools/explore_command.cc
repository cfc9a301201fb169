// `wasijit explore`: a page that shows what becomes of a module's code.
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
#include "compiler/jit/listing.h"
#include "compiler/load.h"
#include "compiler/text/module_listing.h"
#include "runtime/digest.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/compiler_module.h"
#include "tools/explore_page.h"
#include "tools/file.h"
#include "tools/module_file.h"
#include "tools/settings.h"

namespace wasijit::tools {
namespace {

absl::StatusOr<std::string> Page(const CommandLine& line,
                                 absl::string_view title,
                                 absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(const compiler::CompileOptions options,
                   CompileOptionsOf(line));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Module> module,
                   compiler::LoadModule(bytes, options.features));
  ASSIGN_OR_RETURN(const std::string disassembly,
                   compiler::Disassemble(*module));
  ASSIGN_OR_RETURN(const compiler::Backend* backend, OpenCompilerModule());
  ASSIGN_OR_RETURN(
      const std::string listing,
      backend->list(*module, options, compiler::ListingKind::kLocated));
  return ExplorePage(title, disassembly, listing);
}

}  // namespace

absl::StatusOr<int> ExploreCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one FILE to explore");
  }
  const std::string& input = line.operands()[0];
  if (input == "-" && !line.Has(Option::kOutput)) {
    return absl::InvalidArgumentError(
        "the standard input has no name to derive the output's from: "
        "say --output FILE");
  }
  ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadModuleFile(input));
  absl::string_view name = input;
  name.remove_prefix(name.rfind('/') + 1);
  ASSIGN_OR_RETURN(const std::string page,
                   WithPath(Page(line, name, bytes), input));
  const std::string output =
      line.Has(Option::kOutput)
          ? std::string(*line.Value(Option::kOutput))
          : absl::StrCat(name.substr(0, name.rfind('.')), ".html");
  RETURN_IF_ERROR(WriteFile(output, BytesOf(page)));
  return 0;
}

}  // namespace wasijit::tools
