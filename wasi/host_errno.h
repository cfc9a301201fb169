// The host's error numbers as WASI's.
#ifndef WASIJIT_WASI_HOST_ERRNO_H_
#define WASIJIT_WASI_HOST_ERRNO_H_

#include <expected>

#include "wasi/errno.h"

namespace wasijit::wasi {

// The WASI error for a value of `errno`; Errno::kIo for one that WASI has no
// word for. EFAULT too becomes kIo: guest ranges are checked before they reach
// the system, and Errno::kFault is reserved for those that are not.
Errno ErrnoFromHost(int host_errno);

// The failure of the system call just made.
std::unexpected<Errno> HostError();

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_HOST_ERRNO_H_
