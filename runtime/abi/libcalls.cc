#include "runtime/abi/libcalls.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit {
namespace {

constexpr absl::string_view kSymbols[] = {
    "memcpy",
    "memmove",
    "memset",
#define LIBCALL(name, result, parameters) "wasijit." #name,
#include "runtime/abi/libcalls.def"
};

}  // namespace

absl::string_view LibcallSymbol(Libcall libcall) {
  return kSymbols[static_cast<size_t>(libcall)];
}

std::optional<Libcall> LibcallFromSymbol(absl::string_view symbol) {
  for (uint32_t i = 0; i < kLibcallCount; ++i) {
    if (kSymbols[i] == symbol) return static_cast<Libcall>(i);
  }
  return std::nullopt;
}

}  // namespace wasijit
