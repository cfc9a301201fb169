#include "tools/installed_file.h"

#include <unistd.h>

#include <climits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wasijit::tools {
namespace {

// The directory of the running program, with a slash at its end.
std::string ProgramDirectory() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  const absl::string_view program(path,
                                  size > 0 ? static_cast<size_t>(size) : 0);
  return std::string(program.substr(0, program.rfind('/') + 1));
}

}  // namespace

absl::StatusOr<std::string> InstalledFile(absl::string_view name) {
  const std::string directory = ProgramDirectory();
  const std::string paths[] = {
      absl::StrCat(directory, name),
      absl::StrCat(directory, "../lib/wasijit/", name),
  };
  for (const std::string& path : paths) {
    if (access(path.c_str(), F_OK) == 0) return path;
  }
  return absl::NotFoundError(
      absl::StrCat("there is neither '", paths[0], "' nor '", paths[1], "'"));
}

}  // namespace wasijit::tools
