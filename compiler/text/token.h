// Tokens of the text format (specification, 6.3).
#ifndef WASIJIT_COMPILER_TEXT_TOKEN_H_
#define WASIJIT_COMPILER_TEXT_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

enum class TokenKind : uint8_t {
  kEnd,         // end of the text
  kLeftParen,   // (
  kRightParen,  // )
  kAnnotation,  // (@id, of an annotation that the parser understands
  kKeyword,     // begins with a lower-case letter
  kId,          // $id or $"id"
  kNat,         // unsigned integer
  kInt,         // integer with a sign
  kFloat,       // everything else a float constant may be
  kString,      // quotes included
  kReserved,    // anything else
};

// Eight bytes, because a text may consist of parentheses only.
class Token {
 public:
  static constexpr uint32_t kMaxExtent = (1u << 28) - 1;

  // `extent` is the partner for parentheses and annotations, else the size.
  // REQUIRES: extent <= kMaxExtent.
  constexpr Token(TokenKind kind, uint32_t offset, uint32_t extent)
      : offset_(offset),
        kind_(static_cast<uint32_t>(kind)),
        extent_(extent & kMaxExtent) {}

  constexpr TokenKind kind() const { return static_cast<TokenKind>(kind_); }
  // Of the first byte in the source.
  constexpr uint32_t offset() const { return offset_; }
  // For an opening token, the index of the token that closes it: a
  // kRightParen, or the last token if nothing does. For a closing one that
  // closes nothing, its own index.
  constexpr uint32_t partner() const { return extent_; }
  constexpr uint32_t extent() const { return extent_; }

  constexpr bool IsOpening() const {
    return kind() == TokenKind::kLeftParen || kind() == TokenKind::kAnnotation;
  }

 private:
  uint32_t offset_;
  uint32_t kind_ : 4;
  uint32_t extent_ : 28;
};
static_assert(sizeof(Token) == 8);

// A text as tokens. Comments, white space and unknown annotations are gone; the
// last token, and only that, is kEnd. The source must outlive it.
struct TokenSequence {
  absl::string_view source;
  std::vector<Token> tokens;

  // The token as written; of an annotation, "(@".
  absl::string_view Text(const Token& token) const {
    size_t size = token.extent();
    if (token.kind() == TokenKind::kEnd) size = 0;
    if (token.kind() == TokenKind::kLeftParen ||
        token.kind() == TokenKind::kRightParen) {
      size = 1;
    }
    if (token.kind() == TokenKind::kAnnotation) size = 2;
    return source.substr(token.offset(), size);
  }
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_TOKEN_H_
