// Numbers of the text format (specification, 6.3.1 and 6.3.2), exactly.
#ifndef WASIJIT_COMPILER_TEXT_NUMBER_PARSER_H_
#define WASIJIT_COMPILER_TEXT_NUMBER_PARSER_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

// What a token is as a number. Each form may stand where a later one may.
enum class NumberForm : uint8_t { kNat, kInt, kFloat, kNone };

// Classifies a whole token: "0x1_F" is kNat, "-1" kInt, "1e3", "inf" and
// "-nan:0x1" kFloat, "0x", "1_" and "nan:1" kNone.
NumberForm ClassifyNumber(absl::string_view text);

// The functions below return nothing if the constant is out of range.

// An unsigned integer of at most `bits` bits. REQUIRES: the text is a kNat;
// bits is 4 to 64.
std::optional<uint64_t> ParseUnsigned(absl::string_view text, int bits);

// An integer constant of `bits` bits, taken as signed if it has a sign and as
// unsigned otherwise; the result is its two's complement in the low bits, the
// others zero. REQUIRES: the text is a kNat or kInt; bits is 8, 16, 32 or 64.
std::optional<uint64_t> ParseInteger(absl::string_view text, int bits);

// The bits of a float constant, rounded to nearest, ties to even. Out of range
// are what rounds to infinity, and NaN payloads that are zero or too large.
// REQUIRES: the text is a number.
std::optional<uint32_t> ParseF32(absl::string_view text);
std::optional<uint64_t> ParseF64(absl::string_view text);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_NUMBER_PARSER_H_
