// Code points and their UTF-8 encodings. Whether a whole text is UTF-8 says
// IsUtf8 of runtime/module/byte_reader.h.
#ifndef WASIJIT_COMPILER_TEXT_UTF8_H_
#define WASIJIT_COMPILER_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

// Size of the encoding that the text begins with, 1 to 4; 0 if it begins with
// none or is empty.
size_t Utf8EncodingSize(absl::string_view text);

// Offset of the first byte that does not belong to an encoding; the size if
// there is none.
size_t Utf8PrefixSize(absl::string_view text);

// A code point that UTF-8 can express: no surrogates, at most 0x10ffff.
inline bool IsScalarValue(uint64_t code_point) {
  return code_point < 0xd800 || (code_point >= 0xe000 && code_point < 0x110000);
}

// REQUIRES: IsScalarValue(code_point).
void AppendUtf8(uint32_t code_point, std::string& text);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_UTF8_H_
