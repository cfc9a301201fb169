#include "compiler/text/number_parser.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wasijit::compiler {
namespace {

// The two formats, IEEE 754 binary32 and binary64.
template <typename Float>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr int kFractionBits = 23;
  static constexpr int kExponentBits = 8;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr int kFractionBits = 52;
  static constexpr int kExponentBits = 11;
};

// Value of a digit in base 10 or 16, or -1.
int DigitValue(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  if (!hex || !absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
  return absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// Takes digits, single underscores between them, off the front. False if there
// is no digit, or an underscore without one after it.
bool ConsumeDigits(absl::string_view& text, bool hex) {
  size_t i = 0;
  while (i < text.size()) {
    if (DigitValue(text[i], hex) >= 0) {
      ++i;
    } else if (text[i] == '_' && i > 0 && i + 1 < text.size() &&
               DigitValue(text[i + 1], hex) >= 0) {
      i += 2;
    } else {
      break;
    }
  }
  if (i == 0 || (i < text.size() && text[i] == '_')) return false;
  text.remove_prefix(i);
  return true;
}

// Takes the sign off; true for minus.
bool ConsumeSign(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, "-")) return true;
  absl::ConsumePrefix(&text, "+");
  return false;
}

// Whether what follows the integer part makes the number a float.
bool IsFloatTail(absl::string_view tail, bool hex) {
  if (absl::ConsumePrefix(&tail, ".")) {
    if (!tail.empty() && DigitValue(tail[0], hex) >= 0 &&
        !ConsumeDigits(tail, hex)) {
      return false;
    }
    if (tail.empty()) return true;
  }
  const char exponent =
      absl::ascii_tolower(static_cast<unsigned char>(tail[0]));
  if (exponent != (hex ? 'p' : 'e')) return false;
  tail.remove_prefix(1);
  ConsumeSign(tail);
  return ConsumeDigits(tail, /*hex=*/false) && tail.empty();
}

// A number without sign, in base 10 or 16: digits, with the place of the point,
// and the exponent of 10 or 2 that is written after them.
struct Scanned {
  bool hex = false;
  absl::string_view whole;
  absl::string_view fraction;
  int64_t exponent = 0;
};

// Exponents beyond this give zero or infinity whatever the digits are, as a
// token has fewer digits than this by far.
constexpr int64_t kMaxExponent = int64_t{1} << 40;

Scanned Scan(absl::string_view text) {
  Scanned result;
  result.hex = absl::ConsumePrefix(&text, "0x");
  const size_t mark = text.find_first_of(result.hex ? "pP" : "eE");
  if (mark != absl::string_view::npos) {
    absl::string_view digits = text.substr(mark + 1);
    const bool negative = ConsumeSign(digits);
    for (char c : digits) {
      if (c == '_') continue;
      result.exponent =
          std::min(result.exponent * 10 + DigitValue(c, false), kMaxExponent);
    }
    if (negative) result.exponent = -result.exponent;
    text = text.substr(0, mark);
  }
  const size_t point = text.find('.');
  result.whole = text.substr(0, point);
  if (point != absl::string_view::npos) {
    result.fraction = text.substr(point + 1);
  }
  return result;
}

// Calls visit(digit, is_in_fraction) for every digit.
template <typename Visitor>
void ForEachDigit(const Scanned& number, Visitor visit) {
  for (const bool in_fraction : {false, true}) {
    for (char c : in_fraction ? number.fraction : number.whole) {
      if (c != '_') visit(DigitValue(c, number.hex), in_fraction);
    }
  }
}

// The bits of significand * 2^exponent (plus something smaller than one unit of
// the significand if `sticky`), correctly rounded.
template <typename Float>
std::optional<typename Format<Float>::Bits> Round(uint64_t significand,
                                                  int64_t exponent,
                                                  bool sticky) {
  using Bits = typename Format<Float>::Bits;
  constexpr int kFractionBits = Format<Float>::kFractionBits;
  constexpr int64_t kBias = (1 << (Format<Float>::kExponentBits - 1)) - 1;
  if (significand == 0) return Bits{0};
  // Value is 1.xxx * 2^magnitude.
  const int64_t magnitude = exponent + std::bit_width(significand) - 1;
  if (magnitude > kBias) return std::nullopt;
  // Exponent of the result's unit in the last place.
  const int64_t unit = std::max(magnitude, 1 - kBias) - kFractionBits;
  // Now scale to that unit: drop low bits, or append zeros.
  int64_t drop = unit - exponent;
  uint64_t kept;
  if (drop <= 0) {
    kept = significand << -drop;
  } else if (drop > 64) {
    kept = 0;  // Below half a unit.
  } else {
    kept = drop == 64 ? 0 : significand >> drop;
    const uint64_t half = uint64_t{1} << (drop - 1);
    const uint64_t below = significand & (half - 1);
    const bool round_up =
        (significand & half) != 0 && (below != 0 || sticky || (kept & 1) != 0);
    kept += round_up ? 1 : 0;
  }
  // The biased exponent adds up: a carry out of the fraction raises it, and a
  // subnormal that rounds up becomes the least normal number.
  const int64_t biased = std::max(magnitude, 1 - kBias) + kBias;
  const Bits bits = static_cast<Bits>(
      kept + (static_cast<uint64_t>(biased - 1) << kFractionBits));
  constexpr Bits kInfinity = static_cast<Bits>(2 * kBias + 1) << kFractionBits;
  if (bits >= kInfinity) return std::nullopt;
  return bits;
}

template <typename Float>
std::optional<typename Format<Float>::Bits> FromHex(const Scanned& number) {
  uint64_t significand = 0;
  int64_t exponent = number.exponent;
  bool sticky = false;
  ForEachDigit(number, [&](int digit, bool in_fraction) {
    if (significand >> 60 == 0) {
      significand = significand << 4 | static_cast<uint64_t>(digit);
      if (in_fraction) exponent -= 4;
    } else {
      // 61 bits or more are held: the rest only says on which side it lies.
      sticky |= digit != 0;
      if (!in_fraction) exponent += 4;
    }
  });
  return Round<Float>(significand, exponent, sticky);
}

// No number halfway between two doubles has more significant digits, so that a
// longer one is decided by whether any digit after these is not zero.
constexpr size_t kMaxDigits = 770;

template <typename Float>
std::optional<typename Format<Float>::Bits> FromDecimal(const Scanned& number) {
  using Bits = typename Format<Float>::Bits;
  std::string digits;
  int64_t exponent = number.exponent;
  bool sticky = false;
  ForEachDigit(number, [&](int digit, bool in_fraction) {
    const bool leading_zero = digits.empty() && digit == 0;
    if (digits.size() < kMaxDigits) {
      if (!leading_zero) digits.push_back(static_cast<char>('0' + digit));
      if (in_fraction) --exponent;
    } else {
      sticky |= digit != 0;
      if (!in_fraction) ++exponent;
    }
  });
  if (digits.empty()) return Bits{0};
  if (sticky) {
    digits.push_back('1');
    --exponent;
  }
  // Exponent of the first digit: far outside the format's range there is
  // nothing to round, and absl::from_chars takes no such exponents.
  const int64_t magnitude = exponent + static_cast<int64_t>(digits.size());
  if (magnitude > 400) return std::nullopt;
  if (magnitude < -400) return Bits{0};
  absl::StrAppend(&digits, "e", exponent);
  Float value = 0;
  // On underflow it reports an error, too, but the value is right.
  const absl::from_chars_result result =
      absl::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (std::isinf(value) ||
      (result.ec == std::errc::result_out_of_range && value > 1)) {
    return std::nullopt;
  }
  return std::bit_cast<Bits>(value);
}

template <typename Float>
std::optional<typename Format<Float>::Bits> ParseNan(absl::string_view text) {
  using Bits = typename Format<Float>::Bits;
  constexpr int kFractionBits = Format<Float>::kFractionBits;
  constexpr Bits kExponent = ((Bits{1} << Format<Float>::kExponentBits) - 1)
                             << kFractionBits;
  if (!absl::ConsumePrefix(&text, ":")) {
    return kExponent | Bits{1} << (kFractionBits - 1);
  }
  const std::optional<uint64_t> payload = ParseUnsigned(text, kFractionBits);
  if (!payload.has_value() || *payload == 0) return std::nullopt;
  return kExponent | static_cast<Bits>(*payload);
}

template <typename Float>
std::optional<typename Format<Float>::Bits> ParseFloat(absl::string_view text) {
  using Bits = typename Format<Float>::Bits;
  constexpr int kBits = sizeof(Bits) * 8;
  const Bits sign = ConsumeSign(text) ? Bits{1} << (kBits - 1) : 0;
  std::optional<Bits> bits;
  if (text == "inf") {
    bits = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
  } else if (absl::ConsumePrefix(&text, "nan")) {
    bits = ParseNan<Float>(text);
  } else {
    const Scanned number = Scan(text);
    bits = number.hex ? FromHex<Float>(number) : FromDecimal<Float>(number);
  }
  if (bits.has_value()) *bits |= sign;
  return bits;
}

}  // namespace

NumberForm ClassifyNumber(absl::string_view text) {
  const size_t size = text.size();
  ConsumeSign(text);
  const bool has_sign = text.size() != size;
  if (text == "inf" || text == "nan") return NumberForm::kFloat;
  if (absl::ConsumePrefix(&text, "nan:")) {
    return absl::ConsumePrefix(&text, "0x") && ConsumeDigits(text, true) &&
                   text.empty()
               ? NumberForm::kFloat
               : NumberForm::kNone;
  }
  const bool hex = absl::ConsumePrefix(&text, "0x");
  if (!ConsumeDigits(text, hex)) return NumberForm::kNone;
  if (text.empty()) return has_sign ? NumberForm::kInt : NumberForm::kNat;
  return IsFloatTail(text, hex) ? NumberForm::kFloat : NumberForm::kNone;
}

std::optional<uint64_t> ParseUnsigned(absl::string_view text, int bits) {
  const bool hex = absl::ConsumePrefix(&text, "0x");
  const uint64_t base = hex ? 16 : 10;
  const uint64_t max = UINT64_MAX >> (64 - bits);
  uint64_t value = 0;
  for (char c : text) {
    if (c == '_') continue;
    const auto digit = static_cast<uint64_t>(DigitValue(c, hex));
    if (value > (max - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

std::optional<uint64_t> ParseInteger(absl::string_view text, int bits) {
  const uint64_t mask = UINT64_MAX >> (64 - bits);
  const uint64_t sign_bit = uint64_t{1} << (bits - 1);
  const size_t size = text.size();
  const bool negative = ConsumeSign(text);
  const bool has_sign = text.size() != size;
  const std::optional<uint64_t> magnitude = ParseUnsigned(text, bits);
  if (!magnitude.has_value()) return std::nullopt;
  if (negative) {
    if (*magnitude > sign_bit) return std::nullopt;
    return (0 - *magnitude) & mask;
  }
  if (has_sign && *magnitude >= sign_bit) return std::nullopt;
  return *magnitude;
}

std::optional<uint32_t> ParseF32(absl::string_view text) {
  return ParseFloat<float>(text);
}

std::optional<uint64_t> ParseF64(absl::string_view text) {
  return ParseFloat<double>(text);
}

}  // namespace wasijit::compiler
