#include "runtime/module/value.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wasijit {
namespace {

// A float in the text format's notation; reading it gives the same bits again.
// `Bits` is the integer of the same size.
template <typename Float, typename Bits>
std::string FloatText(Bits bits) {
  constexpr int kFractionBits = std::numeric_limits<Float>::digits - 1;
  constexpr Bits kFraction = (Bits{1} << kFractionBits) - 1;
  constexpr Bits kQuiet = Bits{1} << (kFractionBits - 1);
  const auto value = std::bit_cast<Float>(bits);
  if (std::isnan(value)) {
    const char* sign = std::signbit(value) ? "-" : "";
    const Bits payload = bits & kFraction;
    if (payload == kQuiet) return absl::StrCat(sign, "nan");
    return absl::StrCat(sign, "nan:0x", absl::Hex(payload));
  }
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return absl::StrFormat("%.*g", std::numeric_limits<Float>::max_digits10,
                         static_cast<double>(value));
}

}  // namespace

std::string ToString(const Value& value) {
  switch (value.type().kind()) {
    case ValueType::Kind::kI32:
      return absl::StrCat("i32.const ", value.i32());
    case ValueType::Kind::kI64:
      return absl::StrCat("i64.const ", value.i64());
    case ValueType::Kind::kF32:
      return absl::StrCat("f32.const ", FloatText<float>(value.f32_bits()));
    case ValueType::Kind::kF64:
      return absl::StrCat("f64.const ", FloatText<double>(value.f64_bits()));
    case ValueType::Kind::kV128: {
      std::string result = "v128.const i32x4";
      for (uint32_t lane : value.v128().Lanes<uint32_t>()) {
        absl::StrAppendFormat(&result, " 0x%08x", lane);
      }
      return result;
    }
    case ValueType::Kind::kRef:
      if (value.IsNull()) {
        return absl::StrCat("ref.null ", ToString(value.type().heap_type()));
      }
      return ToString(value.type());
    case ValueType::Kind::kBottom:
      break;
  }
  return "bot";
}

}  // namespace wasijit
