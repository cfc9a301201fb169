#include "tools/help.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/option.h"

namespace wasijit::tools {
namespace {

constexpr size_t kLineWidth = 80;
// Where descriptions of options begin.
constexpr size_t kDescriptionColumn = 30;

// `text` broken into lines that end before kLineWidth when the first begins at
// `column`, the others indented to it.
std::string Wrapped(absl::string_view text, size_t column) {
  std::string result;
  size_t position = column;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (position > column && position + 1 + word.size() > kLineWidth) {
      absl::StrAppend(&result, "\n", std::string(column, ' '));
      position = column;
    } else if (position > column) {
      result += ' ';
      ++position;
    }
    absl::StrAppend(&result, word);
    position += word.size();
  }
  return result;
}

std::string OptionHelp(const OptionInfo& option) {
  std::string left =
      option.letter == 0
          ? absl::StrCat("      --", option.name)
          : absl::StrFormat("  -%c, --%s", option.letter, option.name);
  absl::StrAppend(&left, option.IsSwitch() ? "" : " ", option.argument);
  if (left.size() + 2 > kDescriptionColumn) {
    absl::StrAppend(&left, "\n", std::string(kDescriptionColumn, ' '));
  } else {
    left.resize(kDescriptionColumn, ' ');
  }
  std::string description = option.description;
  const absl::string_view group = option.group;
  if (!group.empty()) {
    absl::StrAppend(&description, " (also -", group.substr(0, 1), " ",
                    group.substr(2), ")");
  }
  return absl::StrCat(left, Wrapped(description, kDescriptionColumn), "\n");
}

}  // namespace

std::string ProgramHelp() {
  std::string help =
      "Run WebAssembly programs.\n\n"
      "Usage: wasijit [OPTION...] FILE [ARGUMENT...]\n"
      "       wasijit COMMAND [OPTION...] ...\n\n"
      "Commands:\n";
  size_t width = 0;
  for (const CommandInfo& command : Commands()) {
    width = std::max(width, absl::string_view(command.name).size());
  }
  for (const CommandInfo& command : Commands()) {
    absl::StrAppendFormat(&help, "  %-*s  %s\n", static_cast<int>(width),
                          command.name, Wrapped(command.summary, width + 4));
  }
  absl::StrAppend(&help,
                  "\nWithout a command, FILE is run; `wasijit run --help` "
                  "lists the options.\n"
                  "`wasijit COMMAND --help` describes a command.\n");
  return help;
}

std::string CommandHelp(Command command) {
  const CommandInfo& info = Commands()[static_cast<size_t>(command)];
  std::string help =
      absl::StrCat(Wrapped(info.summary, 0), ".\n\nUsage: wasijit ", info.name,
                   " [OPTION...] ", info.operands, "\n");
  if (command == Command::kRun) {
    absl::StrAppend(&help, "       wasijit [OPTION...] ", info.operands, "\n");
  }
  absl::StrAppend(&help, "\nOptions:\n");
  for (const OptionInfo& option : Options()) {
    if (option.BelongsTo(command)) absl::StrAppend(&help, OptionHelp(option));
  }
  if (info.mode == OperandMode::kProgram) {
    absl::StrAppend(&help, "\nOptions after FILE go to the program.\n");
  }
  return help;
}

std::string VersionText() {
  return absl::StrCat("wasijit ", WASIJIT_VERSION, "\n");
}

}  // namespace wasijit::tools
