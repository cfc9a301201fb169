// Files that are installed with the program.
#ifndef WASIJIT_TOOLS_INSTALLED_FILE_H_
#define WASIJIT_TOOLS_INSTALLED_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wasijit::tools {

// The path of the file, which lies beside the program or in ../lib/wasijit
// relative to it. NotFound says where it was looked for.
absl::StatusOr<std::string> InstalledFile(absl::string_view name);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_INSTALLED_FILE_H_
