#include "tools/program_context.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/status/status_macros.h"
#include "tools/settings.h"
#include "tools/sockets.h"

namespace wasijit::tools {
namespace {

// Sets NAME=value, in place of an earlier setting of the name.
void SetVariable(std::vector<std::string>& environment, absl::string_view name,
                 absl::string_view value) {
  std::string setting = absl::StrCat(name, "=", value);
  for (std::string& existing : environment) {
    if (absl::StartsWith(existing, absl::StrCat(name, "="))) {
      existing = std::move(setting);
      return;
    }
  }
  environment.push_back(std::move(setting));
}

absl::StatusOr<std::vector<std::string>> EnvironmentOf(
    const CommandLine& line) {
  std::vector<std::string> environment;
  if (line.Has(Option::kInheritEnv)) {
    for (char** variable = environ; *variable != nullptr; ++variable) {
      environment.emplace_back(*variable);
    }
  }
  for (const std::string& setting : line.Values(Option::kEnv)) {
    const size_t equals = setting.find('=');
    if (equals == 0 || setting.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--env ", setting, ": expected NAME or NAME=VALUE"));
    }
    if (equals != std::string::npos) {
      const absl::string_view text = setting;
      SetVariable(environment, text.substr(0, equals), text.substr(equals + 1));
    } else if (const char* value = std::getenv(setting.c_str())) {
      SetVariable(environment, setting, value);
    }
  }
  return environment;
}

// They stay open until the process ends.
absl::StatusOr<std::vector<int>> ListenersOf(const CommandLine& line) {
  // Those that the caller passes have fixed numbers: they are looked at before
  // anything else is opened.
  std::vector<int> inherited;
  if (line.Has(Option::kListenFd)) {
    ASSIGN_OR_RETURN(inherited, InheritedListeners());
  }
  std::vector<int> listeners;
  for (const std::string& address : line.Values(Option::kTcpListen)) {
    ASSIGN_OR_RETURN(const int listener, ListenAt(address));
    listeners.push_back(listener);
  }
  listeners.insert(listeners.end(), inherited.begin(), inherited.end());
  return listeners;
}

absl::string_view FileName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

absl::StatusOr<wasi::Preopen> ParsePreopen(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, "::");
  const bool read_only = parts.size() == 3 && parts[2] == "ro";
  if (parts.size() > 3 || (parts.size() == 3 && !read_only) ||
      parts[0].empty() || parts.back().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--dir ", text,
                     ": expected HOST, HOST::GUEST or "
                     "HOST::GUEST::ro"));
  }
  return wasi::Preopen{
      .guest = std::string(parts.size() == 1 ? parts[0] : parts[1]),
      .host = std::string(parts[0]),
      .read_only = read_only};
}

absl::StatusOr<wasi::WasiOptions> WasiOptionsOf(const CommandLine& line) {
  RETURN_IF_ERROR(RejectSettings(line, Option::kWasi));
  wasi::WasiOptions options;
  options.return_on_exit = true;
  options.threads = line.Has(Option::kThreads);
  options.context.raw_terminal = line.Has(Option::kRawTty);
  options.count_calls = line.Value(Option::kStrace) == "summary";
  if (line.Has(Option::kStrace) && !options.count_calls) {
    options.trace = [](absl::string_view call) {
      const std::string text = absl::StrCat(call, "\n");
      std::fwrite(text.data(), 1, text.size(), stderr);
    };
  }
  wasi::ContextOptions& context = options.context;
  const absl::Span<const std::string> operands = line.operands();
  context.args.emplace_back(
      line.Value(Option::kArgv0).value_or(FileName(operands[0])));
  context.args.insert(context.args.end(), operands.begin() + 1, operands.end());
  ASSIGN_OR_RETURN(context.env, EnvironmentOf(line));
  for (const std::string& text : line.Values(Option::kDir)) {
    ASSIGN_OR_RETURN(wasi::Preopen preopen, ParsePreopen(text));
    context.preopens.push_back(std::move(preopen));
  }
  ASSIGN_OR_RETURN(context.listeners, ListenersOf(line));
  return options;
}

}  // namespace wasijit::tools
