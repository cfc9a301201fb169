// What `wasijit compile --exe` puts a program behind: the runtime without a
// compiler.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/status/status_macros.h"
#include "tools/command_line.h"
#include "tools/executable.h"
#include "tools/run.h"
#include "tools/terminal.h"

namespace wasijit::tools {
namespace {

absl::StatusOr<int> RunSelf(absl::Span<char* const> arguments) {
  ASSIGN_OR_RETURN(EmbeddedProgram program,
                   ReadEmbeddedProgram("/proc/self/exe"));
  // Arguments are the program's alone: none is an option.
  std::vector<std::string> words = {"run"};
  words.insert(words.end(), program.options.begin(), program.options.end());
  words.push_back("--");
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (arguments.empty()) words.emplace_back("program");
  ASSIGN_OR_RETURN(const CommandLine line, CommandLine::Parse(words));
  return RunImage(line, program.image);
}

}  // namespace
}  // namespace wasijit::tools

int main(int argc, char** argv) {
  const absl::StatusOr<int> status =
      wasijit::tools::RunSelf({argv, static_cast<size_t>(argc)});
  if (status.ok()) return *status;
  wasijit::tools::PrintMessage("error", status.status().message());
  return 1;
}
