// Who called a function of the host.
#ifndef WASIJIT_RUNTIME_CALLER_H_
#define WASIJIT_RUNTIME_CALLER_H_

#include "runtime/abi/vm_context.h"

namespace wasijit {

class Function;
class Instance;
class Memory;
class Store;

// Valid during the call.
class Caller {
 public:
  explicit Caller(VmHostContext* context) : context_(context) {}

  // The instance that imports the function; null if the embedder calls it.
  Instance* instance() const {
    return context_->caller == nullptr ? nullptr : context_->caller->instance;
  }
  // The function that is running.
  Function& function() const { return *context_->function; }
  Store& store() const;
  // The instance's first memory, own or imported; null if there is none.
  Memory* memory() const;

 private:
  VmHostContext* context_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_CALLER_H_
