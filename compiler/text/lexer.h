// Text to tokens (specification, 6.3).
#ifndef WASIJIT_COMPILER_TEXT_LEXER_H_
#define WASIJIT_COMPILER_TEXT_LEXER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler/text/token.h"

namespace wasijit::compiler {

// A text may be this long: 256 MiB, what a Token can count.
inline constexpr uint32_t kMaxSourceSize = Token::kMaxExtent - 1;

// Annotations whose id is in annotations.def become tokens, others are checked
// and dropped. Time and memory are linear in the source; nesting costs no
// stack.
//
// Errors (TextError): malformed UTF-8, illegal characters, unclosed strings,
// comments and annotations, identifiers without a name. Words that are no token
// are kReserved, and parentheses need not match: that is the parser's to say.
// ResourceExhausted if the source is larger than kMaxSourceSize.
absl::StatusOr<TokenSequence> Lex(absl::string_view source);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_LEXER_H_
