#include "compiler/text/lexer.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler/text/annotations.h"
#include "compiler/text/number_parser.h"
#include "compiler/text/string_literal.h"
#include "compiler/text/text_error.h"
#include "compiler/text/utf8.h"
#include "runtime/module/byte_reader.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

enum class CharacterClass : uint8_t {
  kIllegal,
  kSpace,
  kLeftParen,
  kRightParen,
  kQuote,
  kSemicolon,
  // Characters that only reserved tokens have: , [ ] { }
  kReserved,
  kId,
};

const std::array<CharacterClass, 256> kClasses = [] {
  std::array<CharacterClass, 256> classes = {};
  for (int c = 0; c < 128; ++c) {
    if (IsIdCharacter(static_cast<char>(c))) classes[c] = CharacterClass::kId;
  }
  for (char c : {' ', '\t', '\n', '\r'}) classes[c] = CharacterClass::kSpace;
  for (char c : {',', '[', ']', '{', '}'}) {
    classes[c] = CharacterClass::kReserved;
  }
  classes['('] = CharacterClass::kLeftParen;
  classes[')'] = CharacterClass::kRightParen;
  classes['"'] = CharacterClass::kQuote;
  classes[';'] = CharacterClass::kSemicolon;
  return classes;
}();

bool StartsLower(absl::string_view word) {
  return absl::ascii_islower(static_cast<unsigned char>(word[0]));
}

// Whether an unquoted word is certainly no number.
bool IsKeyword(absl::string_view word) {
  return StartsLower(word) && !absl::StartsWith(word, "inf") &&
         !absl::StartsWith(word, "nan");
}

class Lexer {
 public:
  explicit Lexer(absl::string_view source) : source_(source) {}

  absl::StatusOr<TokenSequence> Run();

 private:
  absl::Status LexAll();
  absl::Status LexLeftParen();
  void LexRightParen();
  void SkipSpace();
  void SkipLineComment();
  absl::Status SkipBlockComment();
  absl::Status LexAnnotation();
  // The most frequent words; false, and nothing done, if it is another one.
  bool LexPlainKeyword();
  absl::Status LexWord();
  absl::StatusOr<TokenKind> ClassifyWord(absl::string_view word, bool plain);
  absl::StatusOr<TokenKind> ClassifyQuotedId(absl::string_view word);
  absl::Status Finish();

  CharacterClass ClassAt(size_t offset) const {
    return kClasses[static_cast<uint8_t>(source_[offset])];
  }
  bool Follows(char c) const {
    return position_ + 1 < source_.size() && source_[position_ + 1] == c;
  }
  absl::Status Error(size_t offset, absl::string_view message) const {
    return TextError(source_, offset, message);
  }
  void Add(TokenKind kind, size_t offset, size_t extent) {
    tokens_.emplace_back(kind, static_cast<uint32_t>(offset),
                         static_cast<uint32_t>(extent));
  }
  void Open(TokenKind kind) {
    open_.push_back(static_cast<uint32_t>(tokens_.size()));
    Add(kind, position_, 0);
  }
  void Close(uint32_t opening) {
    tokens_[opening] = Token(tokens_[opening].kind(), tokens_[opening].offset(),
                             static_cast<uint32_t>(tokens_.size()));
  }

  absl::string_view source_;
  size_t position_ = 0;
  std::vector<Token> tokens_;
  // Indices of the opening tokens that are not closed yet.
  std::vector<uint32_t> open_;
  // Parentheses open within an annotation that is being dropped; 0 outside.
  size_t dropped_depth_ = 0;
  size_t dropped_begin_ = 0;
};

absl::StatusOr<TokenSequence> Lexer::Run() {
  if (source_.size() > kMaxSourceSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat("text is too long: ", source_.size(), " bytes, at most ",
                     kMaxSourceSize));
  }
  if (const size_t valid = Utf8PrefixSize(source_); valid != source_.size()) {
    return Error(valid, "malformed UTF-8 encoding");
  }
  tokens_.reserve(source_.size() / 6 + 1);
  RETURN_IF_ERROR(LexAll());
  RETURN_IF_ERROR(Finish());
  return TokenSequence{source_, std::move(tokens_)};
}

absl::Status Lexer::LexAll() {
  while (position_ < source_.size()) {
    switch (ClassAt(position_)) {
      case CharacterClass::kSpace:
        SkipSpace();
        break;
      case CharacterClass::kLeftParen:
        RETURN_IF_ERROR(LexLeftParen());
        break;
      case CharacterClass::kRightParen:
        LexRightParen();
        break;
      case CharacterClass::kSemicolon:
        if (Follows(';')) {
          SkipLineComment();
        } else {
          RETURN_IF_ERROR(LexWord());
        }
        break;
      case CharacterClass::kQuote:
      case CharacterClass::kReserved:
      case CharacterClass::kId:
        RETURN_IF_ERROR(LexWord());
        break;
      case CharacterClass::kIllegal:
        return Error(position_, "illegal character");
    }
  }
  return absl::OkStatus();
}

absl::Status Lexer::LexLeftParen() {
  if (Follows(';')) return SkipBlockComment();
  if (dropped_depth_ > 0) {
    ++dropped_depth_;
    ++position_;
    return absl::OkStatus();
  }
  if (Follows('@')) return LexAnnotation();
  Open(TokenKind::kLeftParen);
  ++position_;
  return absl::OkStatus();
}

void Lexer::LexRightParen() {
  if (dropped_depth_ > 0) {
    --dropped_depth_;
  } else if (open_.empty()) {
    Add(TokenKind::kRightParen, position_, tokens_.size());
  } else {
    Close(open_.back());
    Add(TokenKind::kRightParen, position_, open_.back());
    open_.pop_back();
  }
  ++position_;
}

void Lexer::SkipSpace() {
  size_t end = position_ + 1;
  while (end < source_.size() && ClassAt(end) == CharacterClass::kSpace) ++end;
  position_ = end;
}

void Lexer::SkipLineComment() {
  while (position_ < source_.size() && source_[position_] != '\n' &&
         source_[position_] != '\r') {
    ++position_;
  }
}

absl::Status Lexer::SkipBlockComment() {
  const size_t begin = position_;
  size_t depth = 0;
  do {
    if (position_ + 1 >= source_.size())
      return Error(begin, "unclosed comment");
    if (source_[position_] == '(' && Follows(';')) {
      ++depth;
      position_ += 2;
    } else if (source_[position_] == ';' && Follows(')')) {
      --depth;
      position_ += 2;
    } else {
      ++position_;
    }
  } while (depth > 0);
  return absl::OkStatus();
}

absl::Status Lexer::LexAnnotation() {
  const size_t begin = position_;
  const size_t id_begin = begin + 2;
  size_t end = id_begin;
  std::string storage;
  absl::string_view id;
  if (end < source_.size() && source_[end] == '"') {
    const ScannedString quoted = ScanString(source_.substr(end));
    if (quoted.error.empty()) {
      end += quoted.size;
      storage = DecodeString(source_.substr(id_begin, end - id_begin));
      if (!IsUtf8(storage)) return Error(id_begin, "malformed UTF-8 encoding");
      id = storage;
    }
  } else {
    while (end < source_.size() && ClassAt(end) == CharacterClass::kId) ++end;
    id = source_.substr(id_begin, end - id_begin);
  }
  if (id.empty()) return Error(begin, "empty annotation id");
  if (FindAnnotation(id).has_value()) {
    // Its id stays a token: the word after "(@".
    Open(TokenKind::kAnnotation);
    Add(TokenKind::kKeyword, id_begin, end - id_begin);
  } else {
    dropped_begin_ = begin;
    dropped_depth_ = 1;
  }
  position_ = end;
  return absl::OkStatus();
}

bool Lexer::LexPlainKeyword() {
  size_t end = position_;
  while (end < source_.size() && ClassAt(end) == CharacterClass::kId) ++end;
  if (end == position_ || dropped_depth_ > 0) return false;
  // What may make a longer word of it.
  if (end < source_.size()) {
    const CharacterClass next = ClassAt(end);
    if (next != CharacterClass::kSpace && next != CharacterClass::kLeftParen &&
        next != CharacterClass::kRightParen) {
      return false;
    }
  }
  const absl::string_view word = source_.substr(position_, end - position_);
  if (!IsKeyword(word)) return false;
  Add(TokenKind::kKeyword, position_, word.size());
  position_ = end;
  return true;
}

absl::Status Lexer::LexWord() {
  if (LexPlainKeyword()) return absl::OkStatus();
  const size_t begin = position_;
  bool plain = true;
  for (; position_ < source_.size(); ++position_) {
    const CharacterClass character = ClassAt(position_);
    if (character == CharacterClass::kId) continue;
    if (character == CharacterClass::kQuote) {
      const ScannedString string = ScanString(source_.substr(position_));
      if (!string.error.empty()) {
        // An identifier's quotes count only if they close.
        if (source_.substr(begin, position_ - begin) == "$") break;
        return Error(position_, string.error);
      }
      position_ += string.size - 1;
    } else if (character != CharacterClass::kReserved &&
               (character != CharacterClass::kSemicolon || Follows(';'))) {
      break;
    }
    plain = false;
  }
  if (dropped_depth_ > 0) return absl::OkStatus();
  const absl::string_view word = source_.substr(begin, position_ - begin);
  absl::StatusOr<TokenKind> kind = ClassifyWord(word, plain);
  if (!kind.ok()) return kind.status();
  Add(*kind, begin, word.size());
  return absl::OkStatus();
}

absl::StatusOr<TokenKind> Lexer::ClassifyWord(absl::string_view word,
                                              bool plain) {
  const char first = word[0];
  if (first == '$') {
    if (word.size() == 1) {
      return Error(position_ - word.size(), "empty identifier");
    }
    return plain ? TokenKind::kId : ClassifyQuotedId(word);
  }
  if (first == '"') {
    return ScanString(word).size == word.size() ? TokenKind::kString
                                                : TokenKind::kReserved;
  }
  if (!plain) return TokenKind::kReserved;
  if (IsKeyword(word)) return TokenKind::kKeyword;
  switch (ClassifyNumber(word)) {
    case NumberForm::kNat:
      return TokenKind::kNat;
    case NumberForm::kInt:
      return TokenKind::kInt;
    case NumberForm::kFloat:
      return TokenKind::kFloat;
    case NumberForm::kNone:
      return StartsLower(word) ? TokenKind::kKeyword : TokenKind::kReserved;
  }
}

absl::StatusOr<TokenKind> Lexer::ClassifyQuotedId(absl::string_view word) {
  const size_t begin = position_ - word.size();
  const absl::string_view literal = word.substr(1);
  if (literal[0] != '"' || ScanString(literal).size != literal.size()) {
    return TokenKind::kReserved;
  }
  const std::string name = DecodeString(literal);
  if (name.empty()) return Error(begin, "empty identifier");
  if (!IsUtf8(name)) return Error(begin, "malformed UTF-8 encoding");
  return TokenKind::kId;
}

absl::Status Lexer::Finish() {
  if (dropped_depth_ > 0) return Error(dropped_begin_, "unclosed annotation");
  for (uint32_t opening : open_) {
    if (tokens_[opening].kind() == TokenKind::kAnnotation) {
      return Error(tokens_[opening].offset(), "unclosed annotation");
    }
    Close(opening);
  }
  Add(TokenKind::kEnd, source_.size(), 0);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TokenSequence> Lex(absl::string_view source) {
  return Lexer(source).Run();
}

}  // namespace wasijit::compiler
