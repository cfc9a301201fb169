// Arguments and results of functions as the command line writes them.
#ifndef WASIJIT_TOOLS_VALUE_TEXT_H_
#define WASIJIT_TOOLS_VALUE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit::tools {

// Reads an argument of the given type. Integers are decimal or, after 0x,
// hexadecimal, in the signed or the unsigned range; floats are as in C,
// including inf, nan and hexadecimal ones, rounded to nearest. InvalidArgument
// says what is wrong with other text; a type that has no text, such as a
// reference other than null, gives Unimplemented.
absl::StatusOr<Value> ParseValue(ValueType type, absl::string_view text);

// Integers signed, floats with as few digits as determine them, vectors as one
// hexadecimal number, references by their type.
std::string FormatValue(const Value& value);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_VALUE_TEXT_H_
