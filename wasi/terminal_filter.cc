#include "wasi/terminal_filter.h"

#include "absl/types/span.h"

namespace wasijit::wasi {
namespace {

constexpr char kReplacement[] = "\xef\xbf\xbd";

constexpr uint8_t kDelete = 0x7f;

bool IsHarmless(uint8_t control) {
  return control == '\n' || control == '\r' || control == '\t';
}

// U+2400 to U+241F, and U+2421 for DEL.
void AppendSymbol(uint8_t control, std::string& out) {
  out += "\xe2\x90";
  out += static_cast<char>(0x80 + (control == kDelete ? 0x21 : control));
}

// Of a character, by its first byte; 0 if none begins so.
size_t LengthOf(uint8_t first) {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

}  // namespace

void TerminalFilter::Filter(absl::Span<const uint8_t> bytes, std::string& out) {
  for (const uint8_t byte : bytes) Take(byte, out);
}

void TerminalFilter::Take(uint8_t byte, std::string& out) {
  if (pending_size_ != 0) {
    if (Continues(byte)) {
      pending_[pending_size_++] = byte;
      if (pending_size_ == length_) Finish(out);
      return;
    }
    pending_size_ = 0;
    out += kReplacement;
  }
  if (byte >= 0x80) {
    length_ = LengthOf(byte);
    if (length_ == 0) {
      out += kReplacement;
    } else {
      pending_[pending_size_++] = byte;
    }
  } else if (byte == kDelete || (byte < 0x20 && !IsHarmless(byte))) {
    AppendSymbol(byte, out);
  } else {
    out += static_cast<char>(byte);
  }
}

// Unicode, table 3-7: the second byte excludes other spellings of shorter
// characters, surrogates, and what lies above U+10FFFF.
bool TerminalFilter::Continues(uint8_t byte) const {
  uint8_t least = 0x80;
  uint8_t most = 0xbf;
  if (pending_size_ == 1) {
    if (pending_[0] == 0xe0) least = 0xa0;
    if (pending_[0] == 0xed) most = 0x9f;
    if (pending_[0] == 0xf0) least = 0x90;
    if (pending_[0] == 0xf4) most = 0x8f;
  }
  return byte >= least && byte <= most;
}

void TerminalFilter::Finish(std::string& out) {
  const bool is_control =
      length_ == 2 && pending_[0] == 0xc2 && pending_[1] < 0xa0;
  if (is_control) {
    out += kReplacement;
  } else {
    out.append(reinterpret_cast<const char*>(pending_), length_);
  }
  pending_size_ = 0;
}

}  // namespace wasijit::wasi
