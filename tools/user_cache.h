// The cache of the user who runs the command, as options and the configuration
// file say.
#ifndef WASIJIT_TOOLS_USER_CACHE_H_
#define WASIJIT_TOOLS_USER_CACHE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "runtime/code_cache.h"
#include "tools/command_line.h"
#include "tools/config.h"

namespace wasijit::tools {

// InvalidArgument if the file cannot be read or understood; its name is in the
// message. Only a file that the command line names must exist.
absl::StatusOr<Config> ConfigOf(const CommandLine& line);

struct UserCache {
  // Never null. Without a directory for it, nothing is found and stored.
  std::shared_ptr<const CodeCache> cache;
  // Whether code is to be looked for and kept there.
  bool enabled;
};
absl::StatusOr<UserCache> UserCacheOf(const CommandLine& line);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_USER_CACHE_H_
