#include "compiler/text/string_literal.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "compiler/text/number_parser.h"
#include "compiler/text/utf8.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kIllegalEscape = "illegal escape";

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool IsHexDigit(char c) {
  return absl::ascii_isxdigit(static_cast<unsigned char>(c));
}

// The value of "0-9a-f_" digits; nothing if they are malformed or too many.
std::optional<uint64_t> HexValue(absl::string_view digits) {
  const std::string literal = absl::StrCat("0x", digits);
  if (ClassifyNumber(literal) != NumberForm::kNat) return std::nullopt;
  return ParseUnsigned(literal, 32);
}

// Size of the escape that the text, a backslash, begins with; 0 if it is none.
size_t EscapeSize(absl::string_view text) {
  if (text.size() < 2) return 0;
  switch (text[1]) {
    case 't':
    case 'n':
    case 'r':
    case '"':
    case '\'':
    case '\\':
      return 2;
    case 'u': {
      if (text.size() < 3 || text[2] != '{') return 0;
      const size_t end = text.find('}');
      if (end == absl::string_view::npos) return 0;
      const std::optional<uint64_t> value = HexValue(text.substr(3, end - 3));
      return value.has_value() && IsScalarValue(*value) ? end + 1 : 0;
    }
    default:
      return text.size() >= 3 && IsHexDigit(text[1]) && IsHexDigit(text[2]) ? 3
                                                                            : 0;
  }
}

// REQUIRES: EscapeSize(escape) == escape.size().
void AppendEscape(absl::string_view escape, std::string& bytes) {
  switch (escape[1]) {
    case 't':
      bytes.push_back('\t');
      return;
    case 'n':
      bytes.push_back('\n');
      return;
    case 'r':
      bytes.push_back('\r');
      return;
    case '"':
    case '\'':
    case '\\':
      bytes.push_back(escape[1]);
      return;
    case 'u':
      AppendUtf8(
          static_cast<uint32_t>(*HexValue(escape.substr(3, escape.size() - 4))),
          bytes);
      return;
    default:
      bytes.push_back(static_cast<char>(*HexValue(escape.substr(1))));
  }
}

}  // namespace

ScannedString ScanString(absl::string_view text) {
  size_t i = 1;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') return {i + 1, ""};
    if (c == '\\') {
      const size_t size = EscapeSize(text.substr(i));
      if (size == 0) {
        return {i, i + 1 == text.size() ? "unclosed string" : kIllegalEscape};
      }
      i += size;
      continue;
    }
    if (c == '\n') break;
    if (IsControl(c)) return {i, "illegal control character in string"};
    ++i;
  }
  return {i, "unclosed string"};
}

std::string DecodeString(absl::string_view literal) {
  const absl::string_view text = literal.substr(1, literal.size() - 2);
  std::string bytes;
  bytes.reserve(text.size());
  size_t i = 0;
  while (i < text.size()) {
    const size_t escape = std::min(text.find('\\', i), text.size());
    bytes.append(text.data() + i, escape - i);
    if (escape == text.size()) break;
    const size_t size = EscapeSize(text.substr(escape));
    AppendEscape(text.substr(escape, size), bytes);
    i = escape + size;
  }
  return bytes;
}

std::string QuoteString(absl::string_view bytes) {
  constexpr char kHexDigits[] = "0123456789abcdef";
  std::string text = "\"";
  size_t i = 0;
  while (i < bytes.size()) {
    const size_t size = Utf8EncodingSize(bytes.substr(i, 4));
    const char c = bytes[i];
    // U+0080 to U+009F would be control characters to a terminal.
    const bool is_c1 = size == 2 && static_cast<uint8_t>(c) == 0xc2 &&
                       static_cast<uint8_t>(bytes[i + 1]) < 0xa0;
    if (size == 0 || IsControl(c) || is_c1) {
      const auto byte = static_cast<uint8_t>(c);
      text.push_back('\\');
      text.push_back(kHexDigits[byte >> 4]);
      text.push_back(kHexDigits[byte & 15]);
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') text.push_back('\\');
    text.append(bytes.data() + i, size);
    i += size;
  }
  text.push_back('"');
  return text;
}

bool IsIdCharacter(char c) {
  constexpr absl::string_view kSymbols = "!#$%&'*+-./:<=>?@\\^_`|~";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         kSymbols.find(c) != absl::string_view::npos;
}

absl::string_view DecodeId(absl::string_view token, std::string& storage) {
  token.remove_prefix(1);
  if (token[0] != '"') return token;
  storage = DecodeString(token);
  return storage;
}

std::string QuoteId(absl::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), IsIdCharacter);
  return absl::StrCat("$", plain ? std::string(name) : QuoteString(name));
}

}  // namespace wasijit::compiler
