// Reads tokens one after the other; what every parser of the folder shares.
//
// Errors are sticky: the first failure is kept, and from then on the cursor is
// at the end of its tokens, whatever it is asked. Loops must therefore stop at
// the end (AtGroupEnd()), and results must not be used before ok() is checked.
#ifndef WASIJIT_COMPILER_TEXT_TOKEN_CURSOR_H_
#define WASIJIT_COMPILER_TEXT_TOKEN_CURSOR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler/text/annotations.h"
#include "compiler/text/keyword.h"
#include "compiler/text/token.h"

namespace wasijit::compiler {

// Tokens [begin, end) of a sequence.
struct TokenRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

class TokenCursor {
 public:
  // All tokens of the sequence, which must outlive the cursor.
  explicit TokenCursor(const TokenSequence& sequence)
      : TokenCursor(sequence,
                    {0, static_cast<uint32_t>(sequence.tokens.size() - 1)}) {}
  // A part of it. REQUIRES: range.end is the index of a token.
  TokenCursor(const TokenSequence& sequence, TokenRange range)
      : sequence_(&sequence),
        current_(sequence.tokens.data() + range.begin),
        end_(sequence.tokens.data() + range.end) {}

  TokenCursor(const TokenCursor&) = delete;
  TokenCursor& operator=(const TokenCursor&) = delete;

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

  // Fail unless there is a failure already; at the current token, or at one
  // seen before.
  void Fail(absl::string_view message) { FailAt(Peek(), message); }
  void FailAt(const Token& token, absl::string_view message);
  // The current token is not what the grammar asks for: "unexpected token",
  // "unknown operator x" or "misplaced @x annotation", and what was expected.
  void FailUnexpected(absl::string_view expected);

  const TokenSequence& sequence() const { return *sequence_; }
  // Index of the current token.
  uint32_t index() const {
    return static_cast<uint32_t>(current_ - sequence_->tokens.data());
  }
  void Seek(uint32_t index) {
    if (ok()) current_ = sequence_->tokens.data() + index;
  }

  const Token& Peek() const { return *current_; }
  const Token& PeekNext() const { return current_[current_ == end_ ? 0 : 1]; }
  TokenKind kind() const { return current_->kind(); }
  absl::string_view Text() const { return sequence_->Text(*current_); }
  absl::string_view NextText() const { return sequence_->Text(PeekNext()); }
  void Advance() {
    if (current_ != end_) ++current_;
  }

  // At the end of the range, or a token of that kind.
  bool AtEnd() const { return current_ == end_; }
  bool At(TokenKind wanted) const { return !AtEnd() && kind() == wanted; }
  // At what ends the innermost group: its parenthesis, or the end.
  bool AtGroupEnd() const {
    return AtEnd() || kind() == TokenKind::kRightParen;
  }
  bool AtKeyword(Keyword keyword) const {
    return At(TokenKind::kKeyword) && Text() == ToString(keyword);
  }
  // At "(" and that word.
  bool AtGroup(Keyword keyword) const { return AtGroup(ToString(keyword)); }
  bool AtGroup(absl::string_view word) const {
    return At(TokenKind::kLeftParen) &&
           PeekNext().kind() == TokenKind::kKeyword && NextText() == word;
  }
  bool AtAnnotation(Annotation annotation) const;
  // At an index: a number or an identifier.
  bool AtIndex() const { return At(TokenKind::kNat) || At(TokenKind::kId); }

  // Consume if at it.
  bool TakeKeyword(Keyword keyword) {
    const bool found = AtKeyword(keyword);
    if (found) Advance();
    return found;
  }
  bool TakeGroup(Keyword keyword) {
    const bool found = AtGroup(keyword);
    if (found) current_ += 2;
    return found;
  }
  bool TakeAnnotation(Annotation annotation) {
    const bool found = AtAnnotation(annotation);
    if (found) current_ += 2;
    return found;
  }

  // Fail unless at it.
  void ExpectRightParen();
  void ExpectKeyword(Keyword keyword);
  void ExpectGroup(Keyword keyword);
  // The bytes of a string. Any, or UTF-8 only ("malformed UTF-8 encoding").
  std::string ExpectString();
  std::string ExpectName();
  // An unsigned integer of at most `bits` bits ("i32 constant out of range").
  uint64_t ExpectUnsigned(int bits);

  // From an opening token past its partner. REQUIRES: at an opening token.
  void SkipGroup();

 private:
  const TokenSequence* sequence_;
  const Token* current_;
  const Token* end_;
  absl::Status status_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_TOKEN_CURSOR_H_
