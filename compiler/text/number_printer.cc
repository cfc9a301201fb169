#include "compiler/text/number_printer.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {
namespace {

// Enough for every shortest form: 17 digits, sign, point, exponent.
constexpr size_t kMaxFloatText = 32;

template <typename Float, typename Bits>
std::string PrintFloat(Bits bits, int fraction_bits) {
  const auto value = std::bit_cast<Float>(bits);
  const Bits fraction_mask = (Bits{1} << fraction_bits) - 1;
  const char* const sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return absl::StrCat(sign, "inf");
  if (std::isnan(value)) {
    const Bits payload = bits & fraction_mask;
    const Bits canonical = Bits{1} << (fraction_bits - 1);
    if (payload == canonical) return absl::StrCat(sign, "nan");
    return absl::StrCat(sign, "nan:0x", absl::Hex(payload));
  }
  char text[kMaxFloatText];
  const std::to_chars_result end =
      std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end.ptr);
}

}  // namespace

std::string PrintF32(uint32_t bits) { return PrintFloat<float>(bits, 23); }

std::string PrintF64(uint64_t bits) { return PrintFloat<double>(bits, 52); }

}  // namespace wasijit::compiler
