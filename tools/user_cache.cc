#include "tools/user_cache.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/status/status_macros.h"
#include "tools/file.h"

namespace wasijit::tools {

absl::StatusOr<Config> ConfigOf(const CommandLine& line) {
  const std::optional<absl::string_view> named = line.Value(Option::kConfig);
  const std::string path = named ? std::string(*named) : DefaultConfigPath();
  if (path.empty()) return DefaultConfig();
  absl::StatusOr<std::vector<uint8_t>> bytes = ReadFile(path);
  if (!named && absl::IsNotFound(bytes.status())) return DefaultConfig();
  RETURN_IF_ERROR(bytes.status());
  return WithPath(
      ParseConfig({reinterpret_cast<const char*>(bytes->data()), bytes->size()},
                  DefaultConfig()),
      path);
}

absl::StatusOr<UserCache> UserCacheOf(const CommandLine& line) {
  ASSIGN_OR_RETURN(Config config, ConfigOf(line));
  const bool is_off = line.Has(Option::kNoCache) ||
                      (line.Value(Option::kCache) && !line.Has(Option::kCache));
  const bool enabled =
      !is_off && config.cache_enabled && !config.cache.directory.empty();
  return UserCache{
      .cache = std::make_shared<const CodeCache>(std::move(config.cache)),
      .enabled = enabled};
}

}  // namespace wasijit::tools
