#include "runtime/caller.h"

#include "runtime/function.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/store.h"

namespace wasijit {

Store& Caller::store() const { return function().store(); }

Memory* Caller::memory() const {
  const Instance* const caller = instance();
  return caller == nullptr ? nullptr : caller->default_memory();
}

}  // namespace wasijit
