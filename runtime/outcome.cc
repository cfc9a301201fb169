#include "runtime/outcome.h"

#include <string>

#include "runtime/abi/trap.h"

namespace wasijit {

std::string ToString(const Trap& trap) {
  return trap.message.empty() ? std::string(TrapMessage(trap.kind))
                              : trap.message;
}

}  // namespace wasijit
