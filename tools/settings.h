// What options say, as the options of engine, store and compiler.
#ifndef WASIJIT_TOOLS_SETTINGS_H_
#define WASIJIT_TOOLS_SETTINGS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/engine.h"
#include "runtime/store.h"
#include "tools/command_line.h"

#if WASIJIT_COMPILER
#include "compiler/jit/compile_options.h"
#endif

namespace wasijit::tools {

// Of all of these, the errors are InvalidArgument and name the option.
absl::StatusOr<EngineOptions> EngineOptionsOf(const CommandLine& line);
absl::StatusOr<StoreLimits> StoreLimitsOf(const CommandLine& line);
#if WASIJIT_COMPILER
absl::StatusOr<compiler::CompileOptions> CompileOptionsOf(
    const CommandLine& line);
#endif

// An error if settings of the group remain that are no spelling of an option.
absl::Status RejectSettings(const CommandLine& line, Option group);

// "5" or "1.5" seconds, or with a unit as in "200ms", "1m30s". Nothing if it is
// something else or not above 0.
std::optional<absl::Duration> ParseTimeout(absl::string_view text);

// "4096", "64K", "16M", "1G": the letters stand for powers of 1024. Nothing if
// the text is another or the number does not fit.
std::optional<uint64_t> ParseSize(absl::string_view text);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SETTINGS_H_
