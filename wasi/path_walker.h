// Resolution of a path below a directory by opening one component at a time;
// what openat2 with RESOLVE_BENEATH does, for systems without it.
#ifndef WASIJIT_WASI_PATH_WALKER_H_
#define WASIJIT_WASI_PATH_WALKER_H_

#include <sys/types.h>

#include "absl/strings/string_view.h"
#include "wasi/errno.h"
#include "wasi/host_file.h"

namespace wasijit::wasi {

// How many directories below the root the walker keeps open at once, for the
// sake of "..": a path deeper than that is kNametoolong.
inline constexpr size_t kMaxWalkDepth = 256;

// As PathResolver::Open. REQUIRES: `path` is relative, is not empty, does not
// end with a slash and holds no zero byte.
Result<HostFile> WalkAndOpen(int root, absl::string_view path, bool follow,
                             int flags, mode_t mode);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_PATH_WALKER_H_
