// wasijit, the command.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/help.h"
#include "tools/terminal.h"

namespace wasijit::tools {
namespace {

constexpr int kExitFailure = 1;
// What shells and most programs return when they are called wrongly.
constexpr int kExitUsage = 2;

int Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : kExitFailure;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    std::fputs(ProgramHelp().c_str(), stderr);
    return kExitUsage;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    if (arguments.size() == 1) return Print(ProgramHelp());
    const CommandInfo* command = FindCommand(arguments[1]);
    if (command != nullptr) return Print(CommandHelp(command->command));
    const absl::string_view nearest = NearestCommand(arguments[1]);
    PrintMessage("error",
                 absl::StrCat("no command '", arguments[1], "'",
                              nearest.empty() ? ""
                                              : absl::StrCat("; did you mean '",
                                                             nearest, "'?")));
    return kExitUsage;
  }
  absl::StatusOr<CommandLine> line = CommandLine::Parse(arguments);
  if (!line.ok()) {
    PrintMessage("error", line.status().message());
    return kExitUsage;
  }
  if (line->Has(Option::kHelp)) return Print(CommandHelp(line->command()));
  if (line->Has(Option::kVersion)) return Print(VersionText());
  const CommandInfo& command = Commands()[static_cast<size_t>(line->command())];
  absl::StatusOr<int> status = command.run(*line);
  if (!status.ok()) {
    PrintMessage("error", status.status().message());
    return kExitFailure;
  }
  return *status;
}

}  // namespace
}  // namespace wasijit::tools

int main(int argc, char** argv) {
  return wasijit::tools::Main({argv + (argc > 0 ? 1 : 0), argv + argc});
}
