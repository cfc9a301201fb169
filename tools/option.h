// The options of the subcommands.
#ifndef WASIJIT_TOOLS_OPTION_H_
#define WASIJIT_TOOLS_OPTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/command.h"

namespace wasijit::tools {

enum class Option : uint8_t {
#define OPTION(enumerator, commands, name, letter, argument, group, \
               description)                                         \
  k##enumerator,
#include "tools/options.def"
};

struct OptionInfo {
  Option option;
  // Bit i stands for the command with the value i.
  uint64_t commands;
  const char* name;
  char letter;
  const char* argument;
  const char* group;
  const char* description;

  // An argument in brackets, "[=WORD|WORD]", may be left out.
  bool IsSwitch() const { return *argument == '\0' || *argument == '['; }
  // Whether its argument is a list of settings, which the group spellings of
  // other options name.
  bool IsGroup() const;
  bool BelongsTo(Command command) const {
    return (commands >> static_cast<int>(command) & 1) != 0;
  }
  // The allowed arguments, if the row lists them.
  std::vector<std::string> Choices() const;
};

// In the order of Option.
absl::Span<const OptionInfo> Options();

const OptionInfo& InfoOf(Option option);

// The words of a placeholder such as "bash|zsh|fish"; none for "FILE" or
// "FILE|-", because upper case stands for something.
std::vector<std::string> ChoicesOf(absl::string_view placeholder);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_OPTION_H_
