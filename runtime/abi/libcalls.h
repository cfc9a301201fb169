// The runtime functions that compiled code calls: numbers, prototypes, names.
#ifndef WASIJIT_RUNTIME_ABI_LIBCALLS_H_
#define WASIJIT_RUNTIME_ABI_LIBCALLS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/abi/vm_context.h"

namespace wasijit {

// A slot of a code image is filled with the address of one of these. The first
// three are the C library's: LLVM itself introduces calls of them.
enum class Libcall : uint32_t {
  kMemcpy,
  kMemmove,
  kMemset,
#define LIBCALL(name, result, parameters) k##name,
#include "runtime/abi/libcalls.def"
};

inline constexpr uint32_t kLibcallCount = 3
#define LIBCALL(name, result, parameters) +1
#include "runtime/abi/libcalls.def"
    ;

// The symbol by which compiled code refers to the libcall: "memcpy", or
// "wasijit.MemoryGrow".
absl::string_view LibcallSymbol(Libcall libcall);

// The libcall with this symbol, or nothing when there is none.
std::optional<Libcall> LibcallFromSymbol(absl::string_view symbol);

// Bodies, defined in runtime/libcalls.cc.
namespace libcalls {
#define LIBCALL(name, result, parameters) result name parameters;
#include "runtime/abi/libcalls.def"
}  // namespace libcalls

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_LIBCALLS_H_
