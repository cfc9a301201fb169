#include "tools/terminal.h"

#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace wasijit::tools {
namespace {

absl::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? absl::string_view() : absl::string_view(value);
}

absl::string_view EscapeSequence(Style style) {
  switch (style) {
    case Style::kBold:
      return "\x1b[1m";
    case Style::kRed:
      return "\x1b[1;31m";
    case Style::kDim:
      return "\x1b[2m";
  }
}

}  // namespace

bool UsesColor(std::FILE* stream) {
  return Variable("NO_COLOR").empty() && Variable("TERM") != "dumb" &&
         isatty(fileno(stream)) != 0;
}

std::string Styled(absl::string_view text, Style style, bool color) {
  if (!color) return std::string(text);
  return absl::StrCat(EscapeSequence(style), text, "\x1b[0m");
}

void PrintMessage(absl::string_view label, absl::string_view message) {
  // One write, so that lines of several processes do not mix.
  const std::string line = absl::StrCat(
      "wasijit: ",
      Styled(absl::StrCat(label, ":"), Style::kRed, UsesColor(stderr)), " ",
      message, "\n");
  std::fflush(stdout);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace wasijit::tools
