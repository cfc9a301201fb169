// What the user typed, sorted by the tables of commands and options.
#ifndef WASIJIT_TOOLS_COMMAND_LINE_H_
#define WASIJIT_TOOLS_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/command.h"
#include "tools/option.h"

namespace wasijit::tools {

// A parsed command line. Immutable.
class CommandLine {
 public:
  // `arguments` excludes the program's own name. Without the name of a command
  // in front, the command is `run`. An error (InvalidArgument) says which
  // argument is wrong, and what was probably meant.
  static absl::StatusOr<CommandLine> Parse(
      absl::Span<const std::string> arguments);

  Command command() const { return command_; }

  // Whether the option was given; for a switch, whether its last mention turned
  // it on.
  bool Has(Option option) const;

  // The argument of the last mention; nothing if the option was not given.
  std::optional<absl::string_view> Value(Option option) const;

  // The arguments of all mentions, in order. Of a group only the settings
  // remain that are not another spelling of an option; each is one element.
  absl::Span<const std::string> Values(Option option) const;

  // What is not an option. For a kProgram command: the file and then everything
  // that follows.
  absl::Span<const std::string> operands() const { return operands_; }

 private:
  explicit CommandLine(Command command);

  absl::Status ParseOptions(absl::Span<const std::string> arguments);
  absl::Status SetOption(const OptionInfo& option, absl::string_view value);
  absl::StatusOr<bool> ResolveSetting(const OptionInfo& group,
                                      absl::string_view setting);
  absl::Status ResolveGroups();
  absl::Status Check() const;

  Command command_;
  // By Option. The values of a switch are "y" and "n".
  std::vector<std::vector<std::string>> values_;
  std::vector<std::string> operands_;
};

// The command with this name, or nothing.
const CommandInfo* FindCommand(absl::string_view name);

// "y", "yes" or "true"; "n", "no" or "false"; nothing for other words.
std::optional<bool> ParseSwitch(absl::string_view word);

// The candidate that `word` is probably a misspelling of; empty if none is
// near.
absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates);

// The name of the command that is probably meant; empty if none is near.
absl::string_view NearestCommand(absl::string_view word);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_COMMAND_LINE_H_
