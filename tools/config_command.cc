// `wasijit config`: makes the configuration file.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/digest.h"
#include "runtime/status/status_macros.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/config.h"
#include "tools/file.h"

namespace wasijit::tools {

absl::StatusOr<int> ConfigCommand(const CommandLine& line) {
  const auto operands = line.operands();
  if (operands.empty() || operands.size() > 2 || operands[0] != "new") {
    return absl::InvalidArgumentError("expected new, and perhaps a FILE");
  }
  const std::string path =
      operands.size() == 2 ? operands[1] : DefaultConfigPath();
  if (path.empty()) {
    return absl::NotFoundError(
        "neither XDG_CONFIG_HOME nor HOME names a directory: say which FILE");
  }
  if (path != "-" && access(path.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(absl::StrCat("'", path, "' exists"));
  }
  if (operands.size() == 1) {
    for (size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      mkdir(path.substr(0, slash).c_str(), 0777);
    }
  }
  RETURN_IF_ERROR(WriteFile(path, BytesOf(ConfigText(DefaultConfig()))));
  if (path != "-") std::printf("%s\n", path.c_str());
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace wasijit::tools
