// What the user sees on a terminal: colour and error messages.
#ifndef WASIJIT_TOOLS_TERMINAL_H_
#define WASIJIT_TOOLS_TERMINAL_H_

#include <cstdio>
#include <string>

#include "absl/strings/string_view.h"

namespace wasijit::tools {

enum class Style { kBold, kRed, kDim };

// Whether escape sequences may be written: the stream is a terminal that
// understands them, and the user has not set NO_COLOR (https://no-color.org).
bool UsesColor(std::FILE* stream);

// The text in this style if `color`, else unchanged.
std::string Styled(absl::string_view text, Style style, bool color);

// Writes "wasijit: <label>: <message>" and a newline to stderr.
void PrintMessage(absl::string_view label, absl::string_view message);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_TERMINAL_H_
