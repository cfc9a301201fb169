// The process and its scheduling.
#include <sched.h>

#include "wasi/preview1.h"

namespace wasijit::wasi {

Result<Exit> Preview1::ProcExit(Exitcode rval) { return Exit{rval}; }

// The host's signals are not the guest's to send.
Result<void> Preview1::ProcRaise(Signal /*sig*/) {
  return std::unexpected(Errno::kNotsup);
}

Result<void> Preview1::SchedYield() {
  ::sched_yield();
  return {};
}

}  // namespace wasijit::wasi
