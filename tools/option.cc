#include "tools/option.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wasijit::tools {
namespace {

constexpr uint64_t kEveryCommand = ~uint64_t{0};

// The argument of an option that is a group of others.
constexpr char kSettings[] = "NAME[=VALUE],...";

template <typename... C>
constexpr uint64_t In(C... commands) {
  return ((uint64_t{1} << static_cast<int>(commands)) | ...);
}

// The commands that compile, and those that read modules.
#if WASIJIT_COMPILER
constexpr uint64_t kCompiling =
    In(Command::kRun, Command::kCompile, Command::kExplore, Command::kWast);
constexpr uint64_t kReading = kCompiling | In(Command::kValidate);
constexpr uint64_t kCaching =
    In(Command::kRun, Command::kCompile, Command::kCache);
// What runs, or makes what runs.
constexpr uint64_t kRunning = In(Command::kRun, Command::kCompile);
#else
constexpr uint64_t kCompiling = In(Command::kRun);
constexpr uint64_t kReading = kCompiling;
constexpr uint64_t kCaching = In(Command::kRun, Command::kCache);
constexpr uint64_t kRunning = In(Command::kRun);
#endif

}  // namespace

bool OptionInfo::IsGroup() const { return argument == kSettings; }

std::vector<std::string> OptionInfo::Choices() const {
  absl::string_view words = argument;
  if (absl::ConsumePrefix(&words, "[=")) absl::ConsumeSuffix(&words, "]");
  return ChoicesOf(words);
}

absl::Span<const OptionInfo> Options() {
  using enum Command;
  static constexpr OptionInfo kOptions[] = {
#define OPTION(enumerator, commands, name, letter, argument, group, \
               description)                                         \
  {Option::k##enumerator, commands, name, letter, argument, group, description},
#include "tools/options.def"
  };
  return kOptions;
}

const OptionInfo& InfoOf(Option option) {
  return Options()[static_cast<size_t>(option)];
}

std::vector<std::string> ChoicesOf(absl::string_view placeholder) {
  const bool is_list =
      absl::StrContains(placeholder, '|') &&
      std::none_of(placeholder.begin(), placeholder.end(), absl::ascii_isupper);
  if (!is_list) return {};
  return absl::StrSplit(placeholder, '|');
}

}  // namespace wasijit::tools
