// Errors of WASI calls, and the result type of everything that can fail so.
#ifndef WASIJIT_WASI_ERRNO_H_
#define WASIJIT_WASI_ERRNO_H_

#include <cstdint>
#include <expected>

#include "absl/strings/string_view.h"

namespace wasijit::wasi {

enum class Errno : uint16_t {
#define ERRNO(name, number, text, host, meaning) k##name = number,
#include "wasi/errno.def"
};

// What a call produces. Errno::kFault is reserved for guest pointers that are
// out of bounds or misaligned: the guest never sees it as a number, the call
// traps (witx documentation, "Pointers").
template <typename T>
using Result = std::expected<T, Errno>;

// The witx name: "badf".
absl::string_view ErrnoName(Errno error);

// For people: "bad file descriptor".
absl::string_view ErrnoMeaning(Errno error);

}  // namespace wasijit::wasi

// Evaluates a Result; returns its error from the enclosing function, else
// ignores the value.
#define WASI_RETURN_IF_ERROR(expression)                        \
  do {                                                          \
    if (const auto& wasi_result = (expression); !wasi_result) { \
      return std::unexpected(wasi_result.error());              \
    }                                                           \
  } while (false)

// Evaluates a Result; returns its error from the enclosing function, else moves
// the value into `target`, which may declare a variable. Several statements.
#define WASI_ASSIGN_OR_RETURN(target, expression) \
  WASI_ASSIGN_OR_RETURN_AS(WASI_RESULT_AT(__LINE__), target, expression)
#define WASI_RESULT_AT(line) WASI_RESULT_CONCATENATED(line)
#define WASI_RESULT_CONCATENATED(line) wasi_result_##line
#define WASI_ASSIGN_OR_RETURN_AS(result, target, expression) \
  auto result = (expression);                                \
  if (!result) return std::unexpected(result.error());       \
  target = *std::move(result)

#endif  // WASIJIT_WASI_ERRNO_H_
