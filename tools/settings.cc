#include "tools/settings.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

// Sets `target` if the option was given.
template <typename T>
absl::Status SetSize(const CommandLine& line, Option option, T& target) {
  const std::optional<absl::string_view> text = line.Value(option);
  if (!text) return absl::OkStatus();
  const std::optional<uint64_t> size = ParseSize(*text);
  if (!size || *size > std::numeric_limits<T>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", InfoOf(option).name, " ", *text,
                     ": expected a number, such as 65536 or 64K"));
  }
  target = static_cast<T>(*size);
  return absl::OkStatus();
}

absl::Status UnknownSetting(Option group, absl::string_view setting,
                            std::vector<absl::string_view> names) {
  const OptionInfo& info = InfoOf(group);
  for (const OptionInfo& option : Options()) {
    const absl::string_view spelling = option.group;
    if (!spelling.empty() && spelling[0] == info.letter) {
      names.push_back(spelling.substr(2));
    }
  }
  const absl::string_view name = setting.substr(0, setting.find('='));
  const absl::string_view nearest = Nearest(name, names);
  return absl::InvalidArgumentError(absl::StrCat(
      "--", info.name, " ", name, ": no such setting",
      nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")));
}

}  // namespace

std::optional<uint64_t> ParseSize(absl::string_view text) {
  int shift = 0;
  if (!text.empty()) {
    switch (text.back()) {
      case 'K':
        shift = 10;
        break;
      case 'M':
        shift = 20;
        break;
      case 'G':
        shift = 30;
        break;
    }
  }
  if (shift > 0) text.remove_suffix(1);
  uint64_t number;
  // SimpleAtoi would skip blanks and take a sign.
  if (text.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(text, &number) ||
      number > std::numeric_limits<uint64_t>::max() >> shift) {
    return std::nullopt;
  }
  return number << shift;
}

std::optional<absl::Duration> ParseTimeout(absl::string_view text) {
  double seconds;
  absl::Duration duration;
  if (absl::SimpleAtod(text, &seconds)) {
    if (!std::isfinite(seconds)) return std::nullopt;
    duration = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(text, &duration)) {
    return std::nullopt;
  }
  if (duration <= absl::ZeroDuration()) return std::nullopt;
  return duration;
}

absl::StatusOr<EngineOptions> EngineOptionsOf(const CommandLine& line) {
  EngineOptions options;
  RETURN_IF_ERROR(SetSize(line, Option::kMaxWasmStack, options.max_wasm_stack));
  options.gc_zeal = line.Has(Option::kGcZeal);
#if WASIJIT_COMPILER
  if (const auto checks = line.Value(Option::kBoundsChecks)) {
    options.bounds_checks = *checks == "explicit" ? BoundsChecks::kExplicit
                                                  : BoundsChecks::kGuardPages;
  }
  RETURN_IF_ERROR(SetSize(line, Option::kTierZeal, options.tier.patience));
  options.tier.waits = line.Has(Option::kTierZeal);
#endif
  return options;
}

absl::StatusOr<StoreLimits> StoreLimitsOf(const CommandLine& line) {
  StoreLimits limits;
  RETURN_IF_ERROR(
      SetSize(line, Option::kMaxMemorySize, limits.max_memory_size));
  RETURN_IF_ERROR(
      SetSize(line, Option::kMaxTableElements, limits.max_table_size));
  RETURN_IF_ERROR(
      SetSize(line, Option::kMaxGcHeapSize, limits.max_gc_heap_size));
  return limits;
}

absl::Status RejectSettings(const CommandLine& line, Option group) {
  for (const std::string& setting : line.Values(group)) {
    return UnknownSetting(group, setting, {});
  }
  return absl::OkStatus();
}

#if WASIJIT_COMPILER

namespace {

// What remains of -W are switches of proposals.
absl::StatusOr<compiler::FeatureSet> FeaturesOf(const CommandLine& line) {
  compiler::FeatureSet features = compiler::FeatureSet::Default();
  std::vector<absl::string_view> names;
  for (const compiler::FeatureInfo& info : compiler::AllFeatures()) {
    names.push_back(info.name);
  }
  for (const std::string& setting : line.Values(Option::kWasm)) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(setting, absl::MaxSplits('=', 1));
    const bool bare = parts.first == setting;
    const std::optional<bool> on = bare ? true : ParseSwitch(parts.second);
    const std::optional<compiler::Feature> feature =
        compiler::FeatureFromName(parts.first);
    if (parts.first != "all-proposals" &&
        (!feature || *feature == compiler::Feature::kCore)) {
      return UnknownSetting(Option::kWasm, setting, names);
    }
    if (!on) {
      return absl::InvalidArgumentError(
          absl::StrCat("--wasm ", setting, ": expected y or n"));
    }
    if (parts.first == "all-proposals") {
      features = *on ? compiler::FeatureSet::All() : compiler::FeatureSet();
    } else if (*on) {
      features.Add(*feature);
    } else {
      features.Remove(*feature);
    }
  }
  return features;
}

void SetTarget(absl::string_view target, compiler::CompileOptions& options) {
  if (target == "native") return;
  options.instruction_set =
      target == "aarch64" ? InstructionSet::kAArch64 : InstructionSet::kX86_64;
  // The host's CPU says nothing about another machine's. Levels of x86-64 are
  // CPUs to LLVM.
  const bool is_level = absl::StartsWith(target, "x86-64-");
  options.cpu = is_level ? std::string(target) : "baseline";
}

// -O1 says the same as -O opt-level=1.
absl::StatusOr<compiler::OptimizationLevel> OptimizationLevelOf(
    const CommandLine& line) {
  absl::string_view level = line.Value(Option::kOptLevel).value_or("2");
  for (const std::string& setting : line.Values(Option::kOptimize)) {
    if (setting != "0" && setting != "1" && setting != "2" && setting != "3" &&
        setting != "s") {
      return UnknownSetting(Option::kOptimize, setting, {});
    }
    level = setting;
  }
  if (level == "0") return compiler::OptimizationLevel::kNone;
  if (level == "1") return compiler::OptimizationLevel::kQuick;
  return compiler::OptimizationLevel::kFull;
}

// Who names a level wants that one for everything.
compiler::CompileTime CompileTimeOf(const CommandLine& line) {
  const std::optional<absl::string_view> tier = line.Value(Option::kTier);
  const bool is_lazy = tier ? *tier == "lazy"
                            : line.command() == Command::kRun &&
                                  !line.Value(Option::kOptLevel) &&
                                  line.Values(Option::kOptimize).empty();
  return is_lazy ? compiler::CompileTime::kLazy : compiler::CompileTime::kEager;
}

}  // namespace

absl::StatusOr<compiler::CompileOptions> CompileOptionsOf(
    const CommandLine& line) {
  compiler::CompileOptions options;
  ASSIGN_OR_RETURN(options.features, FeaturesOf(line));
  ASSIGN_OR_RETURN(options.level, OptimizationLevelOf(line));
  options.time = CompileTimeOf(line);
  options.nests_at_once = !line.Has(Option::kTierZeal);
  options.strict_traps = line.Has(Option::kStrictTraps);
  options.deterministic = line.Has(Option::kDeterministic);
  options.large_functions = line.Has(Option::kLargeFunctions);
  if (const auto target = line.Value(Option::kTarget)) {
    SetTarget(*target, options);
  }
  if (const auto cpu = line.Value(Option::kCpu)) {
    options.cpu = std::string(*cpu);
  }
  if (line.Value(Option::kBoundsChecks) == "explicit") {
    options.bounds_checks = BoundsChecks::kExplicit;
  }
  return options;
}

#endif  // WASIJIT_COMPILER

}  // namespace wasijit::tools
