// Listening sockets for programs.
#ifndef WASIJIT_TOOLS_SOCKETS_H_
#define WASIJIT_TOOLS_SOCKETS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wasijit::tools {

// A socket that listens at "HOST:PORT" or "[HOST]:PORT", with a name or number
// for each; an empty HOST is every address. InvalidArgument if the text is
// something else or the host unknown; else what the system says.
absl::StatusOr<int> ListenAt(absl::string_view address);

// The sockets that the process was started with, as systemd passes them:
// LISTEN_FDS says how many there are from descriptor 3 on, LISTEN_PID, if set,
// to which process. InvalidArgument if there are none.
absl::StatusOr<std::vector<int>> InheritedListeners();

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_SOCKETS_H_
