#include "compiler/text/text_error.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {
namespace {

// Bytes of a line shown on either side of the place.
constexpr size_t kContext = 60;

bool IsContinuation(char c) { return (c & 0xc0) == 0x80; }

bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }

// Offset of the first byte of the line.
size_t LineBegin(absl::string_view source, size_t offset) {
  while (offset > 0 && !IsLineEnd(source[offset - 1])) --offset;
  return offset;
}

size_t LineEnd(absl::string_view source, size_t offset) {
  while (offset < source.size() && !IsLineEnd(source[offset])) ++offset;
  return offset;
}

size_t CountCodePoints(absl::string_view text) {
  return text.size() - std::count_if(text.begin(), text.end(), IsContinuation);
}

// The text with control characters as spaces. Malformed UTF-8 is made ASCII as
// a whole: an error message is UTF-8.
std::string Printable(absl::string_view text, bool ascii) {
  std::string result(text);
  for (char& c : result) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      c = ' ';
    } else if (ascii && byte >= 0x80) {
      c = '?';
    }
  }
  return result;
}

// Whether every lead byte has its continuations, and 0x80-0x9f (which terminals
// take for control characters) does not occur as a code point.
bool IsPrintableUtf8(absl::string_view text) {
  size_t expected = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (IsContinuation(text[i])) {
      if (expected-- == 0) return false;
      continue;
    }
    if (expected != 0) return false;
    if (byte == 0xc2 && i + 1 < text.size() &&
        static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return false;
    }
    expected = byte < 0x80   ? 0
               : byte < 0xc2 ? SIZE_MAX
               : byte < 0xe0 ? 1
               : byte < 0xf0 ? 2
               : byte < 0xf5 ? 3
                             : SIZE_MAX;
    if (expected == SIZE_MAX) return false;
  }
  return expected == 0;
}

}  // namespace

TextPosition PositionOf(absl::string_view source, size_t offset) {
  offset = std::min(offset, source.size());
  TextPosition position;
  for (size_t i = 0; i < offset; ++i) {
    const bool crlf =
        source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
    if (IsLineEnd(source[i]) && !crlf) ++position.line;
  }
  const size_t begin = LineBegin(source, offset);
  position.column = 1 + CountCodePoints(source.substr(begin, offset - begin));
  return position;
}

absl::Status TextError(absl::string_view source, size_t offset,
                       absl::string_view message) {
  offset = std::min(offset, source.size());
  const TextPosition position = PositionOf(source, offset);
  size_t begin = LineBegin(source, offset);
  size_t end = LineEnd(source, offset);
  absl::string_view before_mark;
  absl::string_view after_mark;
  if (offset - begin > kContext) {
    begin = offset - kContext;
    while (begin < offset && IsContinuation(source[begin])) ++begin;
    before_mark = "...";
  }
  if (end - offset > kContext) {
    end = offset + kContext;
    while (end > offset && IsContinuation(source[end])) --end;
    after_mark = "...";
  }
  const absl::string_view before = source.substr(begin, offset - begin);
  const absl::string_view line = source.substr(begin, end - begin);
  const bool ascii = !IsPrintableUtf8(line);
  const size_t indent =
      before_mark.size() + (ascii ? before.size() : CountCodePoints(before));
  return absl::InvalidArgumentError(
      absl::StrCat(message, ", at ", position.line, ":", position.column,
                   "\n  ", before_mark, Printable(line, ascii), after_mark,
                   "\n  ", std::string(indent, ' '), "^"));
}

}  // namespace wasijit::compiler
