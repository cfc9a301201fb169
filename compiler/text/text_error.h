// Errors about a place in a text.
#ifndef WASIJIT_COMPILER_TEXT_TEXT_ERROR_H_
#define WASIJIT_COMPILER_TEXT_TEXT_ERROR_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace wasijit::compiler {

// Line and column of a byte, both counted from 1; columns in code points. Lines
// end after "\n", "\r\n" or "\r".
struct TextPosition {
  size_t line = 1;
  size_t column = 1;

  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};
TextPosition PositionOf(absl::string_view source, size_t offset);

// InvalidArgument:
//
//   unknown operator i32.cnst, at 3:9
//     (func (i32.cnst 3))
//            ^
//
// The message, where it is, the line and a caret. Of a long line only the part
// around the place is shown; what a terminal would interpret is replaced.
// An offset beyond the source means its end.
absl::Status TextError(absl::string_view source, size_t offset,
                       absl::string_view message);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_TEXT_ERROR_H_
