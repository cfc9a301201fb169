#include "compiler/text/utf8.h"

#include "runtime/module/byte_reader.h"

namespace wasijit::compiler {

size_t Utf8EncodingSize(absl::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return size <= text.size() && IsUtf8(text.substr(0, size)) ? size : 0;
}

size_t Utf8PrefixSize(absl::string_view text) {
  if (IsUtf8(text)) return text.size();
  size_t prefix = 0;
  while (const size_t size = Utf8EncodingSize(text.substr(prefix))) {
    prefix += size;
  }
  return prefix;
}

void AppendUtf8(uint32_t code_point, std::string& text) {
  const auto continuation = [code_point](int shift) {
    return static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  };
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
    return;
  }
  if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xc0 | code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      text.push_back(static_cast<char>(0xe0 | code_point >> 12));
    } else {
      text.push_back(static_cast<char>(0xf0 | code_point >> 18));
      text.push_back(continuation(12));
    }
    text.push_back(continuation(6));
  }
  text.push_back(continuation(0));
}

}  // namespace wasijit::compiler
