#include "tools/completion.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/command.h"
#include "tools/option.h"

namespace wasijit::tools {
namespace {

// What a placeholder of the tables is completed with.
enum class Completes { kNothing, kFiles, kDirectories, kChoices };

Completes KindOf(absl::string_view placeholder) {
  if (!ChoicesOf(placeholder).empty()) return Completes::kChoices;
  if (absl::StrContains(placeholder, "HOST")) return Completes::kDirectories;
  if (absl::StrContains(placeholder, "FILE")) return Completes::kFiles;
  return Completes::kNothing;
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const CommandInfo& command : Commands()) names.push_back(command.name);
  return names;
}

// "--dir --env ... -h" of one command.
std::string OptionWords(Command command) {
  std::vector<std::string> words;
  for (const OptionInfo& option : Options()) {
    if (!option.BelongsTo(command)) continue;
    words.push_back(absl::StrCat("--", option.name));
    if (option.letter != 0) {
      words.push_back(absl::StrCat("-", std::string(1, option.letter)));
    }
  }
  return absl::StrJoin(words, " ");
}

std::string BashCompgen(absl::string_view placeholder) {
  switch (KindOf(placeholder)) {
    case Completes::kFiles:
      return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "
             "\"$word\"))";
    case Completes::kDirectories:
      return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "
             "\"$word\"))";
    case Completes::kChoices:
      return absl::StrCat("COMPREPLY=($(compgen -W \"",
                          absl::StrJoin(ChoicesOf(placeholder), " "),
                          "\" -- \"$word\"))");
    case Completes::kNothing:
      return "COMPREPLY=()";
  }
}

std::string BashScript() {
  std::string script = absl::StrCat(
      "# bash completion of wasijit; source this file.\n"
      "_wasijit() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]}\n"
      "  local previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command=run first=${COMP_WORDS[1]}\n"
      "  case $first in ",
      absl::StrJoin(CommandNames(), "|"), ") command=$first ;; esac\n",
      "  COMPREPLY=()\n"
      "  case $previous in\n");
  for (const OptionInfo& option : Options()) {
    if (option.IsSwitch()) continue;
    absl::StrAppend(&script, "    --", option.name);
    if (option.letter != 0) {
      absl::StrAppend(&script, "|-", std::string(1, option.letter));
    }
    absl::StrAppend(&script, ") ", BashCompgen(option.argument),
                    "; return ;;\n");
  }
  absl::StrAppend(&script,
                  "  esac\n"
                  "  if [[ $word == -* ]]; then\n"
                  "    case $command in\n");
  for (const CommandInfo& command : Commands()) {
    absl::StrAppend(&script, "      ", command.name,
                    ") COMPREPLY=($(compgen -W \"",
                    OptionWords(command.command), "\" -- \"$word\")) ;;\n");
  }
  absl::StrAppend(&script,
                  "    esac\n"
                  "    return\n"
                  "  fi\n"
                  "  case $command in\n");
  for (const CommandInfo& command : Commands()) {
    absl::StrAppend(&script, "    ", command.name, ") ",
                    BashCompgen(command.operands), " ;;\n");
  }
  absl::StrAppend(&script,
                  "  esac\n"
                  "  if [[ $COMP_CWORD == 1 ]]; then\n"
                  "    COMPREPLY+=($(compgen -W \"",
                  absl::StrJoin(CommandNames(), " "),
                  "\" -- \"$word\"))\n"
                  "  fi\n"
                  "}\n"
                  "complete -F _wasijit wasijit\n");
  return script;
}

// For a word inside single quotes of a shell.
std::string Quoted(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}});
}

// Brackets and colons separate the parts of a zsh specification.
std::string ZshText(absl::string_view text) {
  return Quoted(
      absl::StrReplaceAll(text, {{"[", "\\["}, {"]", "\\]"}, {":", "\\:"}}));
}

std::string ZshAction(absl::string_view placeholder) {
  switch (KindOf(placeholder)) {
    case Completes::kFiles:
      return "_files";
    case Completes::kDirectories:
      return "_files -/";
    case Completes::kChoices:
      return absl::StrCat("(", absl::StrJoin(ChoicesOf(placeholder), " "), ")");
    case Completes::kNothing:
      return " ";
  }
}

std::string ZshSpecification(const OptionInfo& option,
                             absl::string_view spelling) {
  std::string text =
      absl::StrCat("'*", spelling, "[", ZshText(option.description), "]");
  if (!option.IsSwitch()) {
    absl::StrAppend(&text, ":", ZshText(option.argument), ":",
                    ZshAction(option.argument));
  }
  return absl::StrCat(text, "'");
}

std::string ZshScript() {
  std::string script =
      "#compdef wasijit\n"
      "_wasijit() {\n"
      "  local command=run\n"
      "  local -a commands=(\n";
  for (const CommandInfo& command : Commands()) {
    absl::StrAppend(&script, "    '", command.name, ":",
                    ZshText(command.summary), "'\n");
  }
  absl::StrAppend(&script,
                  "  )\n"
                  "  if (( CURRENT == 2 )); then\n"
                  "    _describe command commands\n"
                  "  fi\n"
                  "  if (( CURRENT > 2 )) && [[ $words[2] == (",
                  absl::StrJoin(CommandNames(), "|"),
                  ") ]]; then\n"
                  "    command=$words[2]\n"
                  "    shift words\n"
                  "    (( CURRENT-- ))\n"
                  "  fi\n"
                  "  case $command in\n");
  for (const CommandInfo& command : Commands()) {
    absl::StrAppend(&script, "    ", command.name, ")\n      _arguments");
    for (const OptionInfo& option : Options()) {
      if (!option.BelongsTo(command.command)) continue;
      absl::StrAppend(
          &script, " \\\n        ",
          ZshSpecification(option, absl::StrCat("--", option.name)));
      if (option.letter != 0) {
        absl::StrAppend(
            &script, " \\\n        ",
            ZshSpecification(option,
                             absl::StrCat("-", std::string(1, option.letter))));
      }
    }
    absl::StrAppend(&script, " \\\n        '*:", ZshText(command.operands), ":",
                    ZshAction(command.operands), "'\n      ;;\n");
  }
  absl::StrAppend(&script,
                  "  esac\n"
                  "}\n"
                  "compdef _wasijit wasijit\n");
  return script;
}

std::string FishArgument(absl::string_view placeholder) {
  switch (KindOf(placeholder)) {
    case Completes::kFiles:
      return " -r -F";
    case Completes::kDirectories:
      return " -x -a '(__fish_complete_directories)'";
    case Completes::kChoices:
      return absl::StrCat(" -x -a '",
                          absl::StrJoin(ChoicesOf(placeholder), " "), "'");
    case Completes::kNothing:
      return " -x";
  }
}

std::string FishScript() {
  const std::string names = absl::StrJoin(CommandNames(), " ");
  std::string script = "# fish completion of wasijit.\n";
  for (const CommandInfo& command : Commands()) {
    absl::StrAppend(&script, "complete -c wasijit -n __fish_use_subcommand -a ",
                    command.name, " -d '", Quoted(command.summary), "'\n");
    // Without a command, `run` is meant.
    const std::string condition =
        command.command == Command::kRun
            ? absl::StrCat("'not __fish_seen_subcommand_from ", names,
                           "; or __fish_seen_subcommand_from run'")
            : absl::StrCat("'__fish_seen_subcommand_from ", command.name, "'");
    for (const OptionInfo& option : Options()) {
      if (!option.BelongsTo(command.command)) continue;
      absl::StrAppend(&script, "complete -c wasijit -n ", condition, " -l ",
                      option.name);
      if (option.letter != 0) {
        absl::StrAppend(&script, " -s ", std::string(1, option.letter));
      }
      absl::StrAppend(&script,
                      option.IsSwitch() ? "" : FishArgument(option.argument),
                      " -d '", Quoted(option.description), "'\n");
    }
    if (KindOf(command.operands) == Completes::kChoices) {
      absl::StrAppend(&script, "complete -c wasijit -n ", condition,
                      FishArgument(command.operands), "\n");
    }
  }
  return script;
}

}  // namespace

absl::StatusOr<std::string> CompletionScript(absl::string_view shell) {
  if (shell == "bash") return BashScript();
  if (shell == "zsh") return ZshScript();
  if (shell == "fish") return FishScript();
  return absl::InvalidArgumentError(absl::StrCat(
      "no completion for '", shell, "': expected bash, zsh or fish"));
}

}  // namespace wasijit::tools
