// The calls of WASI preview 1, as C++ functions on typed values.
//
// What a call means is said by wasi_snapshot_preview1.witx; where it leaves a
// choice, calls do what Linux does. Bodies lie in one file for each family of
// calls. How guests reach them is the business of bindings.h.
#ifndef WASIJIT_WASI_PREVIEW1_H_
#define WASIJIT_WASI_PREVIEW1_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/outcome.h"
#include "wasi/call_lock.h"
#include "wasi/context.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// One thread at a time, unless there is a lock to be held during each call.
class Preview1 {
 public:
  explicit Preview1(std::unique_ptr<Context> context,
                    std::unique_ptr<CallLock> lock = nullptr)
      : context_(std::move(context)), lock_(std::move(lock)) {}

  CallLock* lock() const { return lock_.get(); }

  const FdTable& descriptors() const { return context_->descriptors(); }

#define CALL(name, Method, parameters, result) Result<result> Method parameters;
#include "wasi/preview1.def"

 private:
  FdTable& fds() { return context_->descriptors(); }
  const PathResolver& resolver() const { return context_->resolver(); }

  std::unique_ptr<Context> context_;
  std::unique_ptr<CallLock> lock_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_PREVIEW1_H_
