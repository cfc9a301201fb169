// Strings and identifiers of the text format (specification, 6.3.3 and 6.3.5).
#ifndef WASIJIT_COMPILER_TEXT_STRING_LITERAL_H_
#define WASIJIT_COMPILER_TEXT_STRING_LITERAL_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

struct ScannedString {
  // Of the literal, quotes included. If there is an error, up to its place.
  size_t size = 0;
  // Empty if the literal is well-formed.
  absl::string_view error;
};

// The string literal that `text` begins with. Bytes beyond ASCII are not
// looked at. REQUIRES: the first byte is a quote.
ScannedString ScanString(absl::string_view text);

// The bytes that a literal denotes. REQUIRES: ScanString accepts all of it.
std::string DecodeString(absl::string_view literal);

// A literal that denotes these bytes: valid UTF-8 stays readable, the rest is
// escaped.
std::string QuoteString(absl::string_view bytes);

// Whether a character may occur in keywords and plain identifiers.
bool IsIdCharacter(char c);

// The name that an identifier token, $name or $"name", stands for. Without
// quotes it is part of the token, else `storage` is set to it.
// REQUIRES: the token is one.
absl::string_view DecodeId(absl::string_view token, std::string& storage);

// The identifier for a name, with quotes only if it needs them.
// REQUIRES: the name is UTF-8 and not empty.
std::string QuoteId(absl::string_view name);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_STRING_LITERAL_H_
