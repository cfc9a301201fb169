// `wasijit cache`: what is kept of compiled code.
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "runtime/code_cache.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/user_cache.h"

namespace wasijit::tools {
namespace {

std::string Text(const CodeCache::Usage& usage) {
  constexpr double kMebi = 1 << 20;
  return absl::StrFormat("%d %s, %.1f MiB", usage.files,
                         usage.files == 1 ? "module" : "modules",
                         static_cast<double>(usage.size) / kMebi);
}

absl::StatusOr<std::string> Perform(absl::string_view action,
                                    const CodeCache& cache) {
  if (action == "stats") {
    ASSIGN_OR_RETURN(const CodeCache::Usage usage, cache.Measure());
    return absl::StrCat("directory: ", cache.options().directory, "\n",
                        "stored: ", Text(usage), "\nlimits: ",
                        Text({.files = cache.options().max_files,
                              .size = cache.options().max_size}),
                        "\n");
  }
  if (action == "clear" || action == "prune") {
    ASSIGN_OR_RETURN(const CodeCache::Usage usage,
                     action == "clear" ? cache.Clear() : cache.Prune());
    return absl::StrCat("removed: ", Text(usage), "\n");
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", action, "' is nothing to do: expected stats, clear or prune"));
}

}  // namespace

absl::StatusOr<int> CacheCommand(const CommandLine& line) {
  if (line.operands().size() != 1) {
    return absl::InvalidArgumentError("expected one of stats, clear and prune");
  }
  ASSIGN_OR_RETURN(const UserCache user, UserCacheOf(line));
  if (user.cache->options().directory.empty()) {
    return absl::NotFoundError(
        "there is no cache: neither XDG_CACHE_HOME nor HOME names a directory");
  }
  ASSIGN_OR_RETURN(const std::string text,
                   Perform(line.operands()[0], *user.cache));
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace wasijit::tools
