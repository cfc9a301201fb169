#include "tools/command_line.h"

#include <getopt.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

// Insertions, deletions, replacements and swaps of neighbours between a and b.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  // rows[i][j] is the distance of the first i and j characters; three rows are
  // needed at a time.
  std::vector<size_t> before, previous, row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(previous, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1),
                         previous[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row.back();
}

absl::Status UnknownOption(Command command, absl::string_view argument) {
  const absl::string_view name = argument.substr(0, argument.find('='));
  std::vector<std::string> names;
  for (const OptionInfo& option : Options()) {
    if (option.BelongsTo(command))
      names.push_back(absl::StrCat("--", option.name));
  }
  const std::vector<absl::string_view> views(names.begin(), names.end());
  const absl::string_view nearest = Nearest(name, views);
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown option ", name,
      nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")));
}

absl::Status MissingArgument(const OptionInfo& option) {
  return absl::InvalidArgumentError(
      absl::StrCat("option without its argument: --", option.name,
                   ": expected ", option.argument));
}

// What getopt_long calls an option: its letter, or this and its number.
constexpr int kFirstName = 256;

const OptionInfo* FindOption(Command command, int found) {
  for (const OptionInfo& option : Options()) {
    if (option.BelongsTo(command) &&
        (found == kFirstName + static_cast<int>(option.option) ||
         (option.letter != 0 && found == option.letter))) {
      return &option;
    }
  }
  return nullptr;
}

// What a switch has as its value when it is given without one.
constexpr char kOn[] = "y";

}  // namespace

CommandLine::CommandLine(Command command)
    : command_(command), values_(Options().size()) {}

absl::StatusOr<CommandLine> CommandLine::Parse(
    absl::Span<const std::string> arguments) {
  const CommandInfo* command =
      arguments.empty() ? nullptr : FindCommand(arguments[0]);
  CommandLine line(command ? command->command : Command::kRun);
  arguments.remove_prefix(command ? 1 : 0);
  RETURN_IF_ERROR(line.ParseOptions(arguments));
  RETURN_IF_ERROR(line.ResolveGroups());
  RETURN_IF_ERROR(line.Check());
  return line;
}

absl::Status CommandLine::ParseOptions(
    absl::Span<const std::string> arguments) {
  // Operands of a program's command end the options. The colon makes a missing
  // argument something else than an unknown option.
  std::string letters =
      Commands()[static_cast<size_t>(command_)].mode == OperandMode::kProgram
          ? "+:"
          : ":";
  std::vector<struct option> names;
  for (const OptionInfo& option : Options()) {
    if (!option.BelongsTo(command_)) continue;
    names.push_back(
        {.name = option.name,
         .has_arg = option.IsSwitch() ? optional_argument : required_argument,
         .flag = nullptr,
         .val = kFirstName + static_cast<int>(option.option)});
    if (option.letter == 0) continue;
    letters += option.letter;
    if (!option.IsSwitch()) letters += ':';
  }
  names.push_back({});

  std::vector<std::string> words = {"wasijit"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(words.size());
  opterr = 0;
  optind = 0;
  for (;;) {
    const int found =
        getopt_long(argc, argv.data(), letters.c_str(), names.data(), nullptr);
    if (found < 0) break;
    if (found == ':') return MissingArgument(*FindOption(command_, optopt));
    const OptionInfo* option = FindOption(command_, found);
    if (option == nullptr) {
      return UnknownOption(
          command_,
          optopt == 0 || optopt >= kFirstName
              ? std::string(argv[optind - 1])
              : absl::StrCat("-", std::string(1, static_cast<char>(optopt))));
    }
    RETURN_IF_ERROR(SetOption(*option, optarg == nullptr ? kOn : optarg));
  }
  operands_.assign(argv.begin() + optind, argv.end() - 1);
  return absl::OkStatus();
}

absl::Status CommandLine::SetOption(const OptionInfo& option,
                                    absl::string_view value) {
  std::vector<std::string>& values =
      values_[static_cast<size_t>(option.option)];
  if (!option.IsSwitch()) {
    values.emplace_back(value);
    return absl::OkStatus();
  }
  const std::optional<bool> on = ParseSwitch(value);
  if (on) {
    values = {*on ? kOn : "n"};
  } else if (!option.Choices().empty()) {
    // Check() knows them.
    values = {std::string(value)};
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("--", option.name, "=", value, ": expected y or n"));
  }
  return absl::OkStatus();
}

// Hands a setting such as "a", "a=n" or "a=value" to the option that it is
// another spelling of. False if there is none.
absl::StatusOr<bool> CommandLine::ResolveSetting(const OptionInfo& group,
                                                 absl::string_view setting) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(setting, absl::MaxSplits('=', 1));
  const std::string spelling =
      absl::StrCat(std::string(1, group.letter), ":", parts.first);
  for (const OptionInfo& option : Options()) {
    if (!option.BelongsTo(command_) || option.group != spelling) continue;
    std::string value(parts.second);
    if (option.IsSwitch()) {
      const std::optional<bool> on =
          setting == parts.first ? true : ParseSwitch(parts.second);
      if (!on) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", group.name, " ", setting,
                         ": expected y or n, not '", parts.second, "'"));
      }
      value = *on ? "y" : "n";
    } else if (value.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", group.name, " ", setting, ": expected ",
                       parts.first, "=", option.argument));
    }
    values_[static_cast<size_t>(option.option)].push_back(std::move(value));
    return true;
  }
  return false;
}

absl::Status CommandLine::ResolveGroups() {
  for (const OptionInfo& group : Options()) {
    if (!group.IsGroup()) continue;
    std::vector<std::string> unresolved;
    for (const std::string& list : Values(group.option)) {
      for (absl::string_view setting :
           absl::StrSplit(list, ',', absl::SkipEmpty())) {
        ASSIGN_OR_RETURN(bool resolved, ResolveSetting(group, setting));
        if (!resolved) unresolved.emplace_back(setting);
      }
    }
    values_[static_cast<size_t>(group.option)] = std::move(unresolved);
  }
  return absl::OkStatus();
}

absl::Status CommandLine::Check() const {
  for (const OptionInfo& option : Options()) {
    const std::vector<std::string> choices = option.Choices();
    if (choices.empty()) continue;
    for (const std::string& value : Values(option.option)) {
      if (option.IsSwitch() && value == kOn) continue;
      if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", option.name, " ", value, ": expected one of ",
                         absl::StrJoin(choices, ", ")));
      }
    }
  }
  return absl::OkStatus();
}

bool CommandLine::Has(Option option) const {
  const absl::Span<const std::string> values = Values(option);
  return !values.empty() &&
         !(InfoOf(option).IsSwitch() && values.back() == "n");
}

std::optional<absl::string_view> CommandLine::Value(Option option) const {
  const absl::Span<const std::string> values = Values(option);
  if (values.empty()) return std::nullopt;
  return values.back();
}

absl::Span<const std::string> CommandLine::Values(Option option) const {
  return values_[static_cast<size_t>(option)];
}

const CommandInfo* FindCommand(absl::string_view name) {
  for (const CommandInfo& command : Commands()) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

std::optional<bool> ParseSwitch(absl::string_view word) {
  if (word == "y" || word == "yes" || word == "true") return true;
  if (word == "n" || word == "no" || word == "false") return false;
  return std::nullopt;
}

absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates) {
  absl::string_view nearest;
  // More than one letter wrong, and more than a third of them, is another word.
  size_t least = std::max<size_t>(word.size() / 3, 1) + 1;
  for (absl::string_view candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

absl::string_view NearestCommand(absl::string_view word) {
  std::vector<absl::string_view> names;
  for (const CommandInfo& command : Commands()) names.push_back(command.name);
  return Nearest(word, names);
}

}  // namespace wasijit::tools
