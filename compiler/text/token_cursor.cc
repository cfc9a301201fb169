#include "compiler/text/token_cursor.h"

#include "absl/strings/str_cat.h"
#include "compiler/text/number_parser.h"
#include "compiler/text/string_literal.h"
#include "compiler/text/text_error.h"
#include "runtime/module/byte_reader.h"

namespace wasijit::compiler {
namespace {

// How much of a token an error message repeats.
constexpr size_t kMaxQuoted = 60;

std::string Shorten(absl::string_view text) {
  if (text.size() <= kMaxQuoted) return std::string(text);
  return absl::StrCat(text.substr(0, kMaxQuoted), "...");
}

absl::string_view AnnotationId(absl::string_view token, std::string& storage) {
  if (token[0] != '"') return token;
  storage = DecodeString(token);
  return storage;
}

}  // namespace

void TokenCursor::FailAt(const Token& token, absl::string_view message) {
  if (!ok()) return;
  status_ = TextError(sequence_->source, token.offset(), message);
  // Behind the range there may be more tokens; the last one ends everything.
  current_ = end_ = &sequence_->tokens.back();
}

void TokenCursor::FailUnexpected(absl::string_view expected) {
  const absl::string_view text = Text();
  std::string message;
  if (At(TokenKind::kReserved) ||
      (At(TokenKind::kKeyword) && !IsKnownWord(text))) {
    message = absl::StrCat("unknown operator ", Shorten(text));
  } else if (At(TokenKind::kAnnotation)) {
    std::string storage;
    message = absl::StrCat("misplaced @", AnnotationId(NextText(), storage),
                           " annotation");
  } else if (kind() == TokenKind::kEnd) {
    message = "unexpected token (end of text)";
  } else if (kind() == TokenKind::kLeftParen) {
    const bool has_word = PeekNext().kind() == TokenKind::kKeyword;
    if (has_word && !IsKnownWord(NextText())) {
      Advance();
      message = absl::StrCat("unknown operator ", Shorten(Text()));
    } else {
      message = absl::StrCat("unexpected token (",
                             has_word ? Shorten(NextText()) : "");
    }
  } else {
    message = absl::StrCat("unexpected token ", Shorten(text));
  }
  Fail(absl::StrCat(message, ", expected ", expected));
}

bool TokenCursor::AtAnnotation(Annotation annotation) const {
  if (!At(TokenKind::kAnnotation)) return false;
  std::string storage;
  return AnnotationId(NextText(), storage) == ToString(annotation);
}

void TokenCursor::ExpectRightParen() {
  if (!At(TokenKind::kRightParen)) return FailUnexpected("\")\"");
  Advance();
}

void TokenCursor::ExpectKeyword(Keyword keyword) {
  if (!TakeKeyword(keyword)) FailUnexpected(ToString(keyword));
}

void TokenCursor::ExpectGroup(Keyword keyword) {
  if (!TakeGroup(keyword)) {
    FailUnexpected(absl::StrCat("(", ToString(keyword), " ...)"));
  }
}

std::string TokenCursor::ExpectString() {
  if (!At(TokenKind::kString)) {
    FailUnexpected("a string");
    return "";
  }
  std::string bytes = DecodeString(Text());
  Advance();
  return bytes;
}

std::string TokenCursor::ExpectName() {
  const Token token = Peek();
  std::string name = ExpectString();
  if (!IsUtf8(name)) {
    FailAt(token, "malformed UTF-8 encoding");
    return "";
  }
  return name;
}

uint64_t TokenCursor::ExpectUnsigned(int bits) {
  if (!At(TokenKind::kNat)) {
    FailUnexpected("an unsigned integer");
    return 0;
  }
  const std::optional<uint64_t> value = ParseUnsigned(Text(), bits);
  if (!value.has_value()) {
    Fail(absl::StrCat("i", bits, " constant out of range"));
    return 0;
  }
  Advance();
  return *value;
}

void TokenCursor::SkipGroup() {
  const uint32_t partner = Peek().partner();
  if (sequence_->tokens[partner].kind() == TokenKind::kEnd) {
    return FailAt(sequence_->tokens[partner],
                  "unexpected token (end of text), expected \")\"");
  }
  Seek(partner);
  Advance();
}

}  // namespace wasijit::compiler
