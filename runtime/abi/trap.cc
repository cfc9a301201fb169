#include "runtime/abi/trap.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit {
namespace {

struct TrapRow {
  absl::string_view name;
  absl::string_view message;
};

constexpr TrapRow kTraps[] = {
#define TRAP(name, message) {#name, message},
#include "runtime/abi/trap.def"
};

}  // namespace

absl::string_view TrapMessage(TrapKind kind) {
  return kTraps[static_cast<size_t>(kind)].message;
}

absl::string_view TrapName(TrapKind kind) {
  return kTraps[static_cast<size_t>(kind)].name;
}

std::optional<TrapKind> TrapKindFromEncoding(uint32_t encoding) {
  if (encoding >= std::size(kTraps)) return std::nullopt;
  return static_cast<TrapKind>(encoding);
}

}  // namespace wasijit
