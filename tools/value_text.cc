#include "tools/value_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

absl::Status Malformed(ValueType type, absl::string_view text,
                       absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no ", ToString(type), ": ", reason));
}

// The two's complement of what the text says.
template <typename Signed>
absl::StatusOr<Signed> ParseInteger(ValueType type, absl::string_view text) {
  using Unsigned = std::make_unsigned_t<Signed>;
  absl::string_view digits = text;
  const bool negative = absl::ConsumePrefix(&digits, "-");
  if (!negative) absl::ConsumePrefix(&digits, "+");
  const int radix =
      absl::ConsumePrefix(&digits, "0x") || absl::ConsumePrefix(&digits, "0X")
          ? 16
          : 10;
  Unsigned magnitude = 0;
  const char* end = digits.data() + digits.size();
  const std::from_chars_result result =
      std::from_chars(digits.data(), end, magnitude, radix);
  const Unsigned limit =
      negative ? Unsigned{1} << (std::numeric_limits<Unsigned>::digits - 1)
               : std::numeric_limits<Unsigned>::max();
  if (result.ec == std::errc::result_out_of_range || magnitude > limit) {
    return Malformed(type, text, "out of range");
  }
  if (result.ec != std::errc() || result.ptr != end) {
    return Malformed(type, text, "not an integer");
  }
  return static_cast<Signed>(negative ? Unsigned{0} - magnitude : magnitude);
}

template <typename Float>
absl::StatusOr<Float> ParseFloat(ValueType type, absl::string_view text) {
  // strtod skips blanks in front.
  if (text.empty() || absl::ascii_isspace(text[0])) {
    return Malformed(type, text, "not a number");
  }
  const std::string terminated(text);
  char* end = nullptr;
  Float result;
  if constexpr (std::is_same_v<Float, float>) {
    result = std::strtof(terminated.c_str(), &end);
  } else {
    result = std::strtod(terminated.c_str(), &end);
  }
  if (end != terminated.c_str() + terminated.size()) {
    return Malformed(type, text, "not a number");
  }
  return result;
}

template <typename Float>
std::string FormatFloat(Float value) {
  // NaNs of both signs are one NaN to most programs, but not to all.
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  char buffer[400];  // Longer than any shortest decimal.
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, result.ptr);
}

}  // namespace

absl::StatusOr<Value> ParseValue(ValueType type, absl::string_view text) {
  switch (type.kind()) {
    case ValueType::Kind::kI32: {
      ASSIGN_OR_RETURN(int32_t value, ParseInteger<int32_t>(type, text));
      return Value::I32(value);
    }
    case ValueType::Kind::kI64: {
      ASSIGN_OR_RETURN(int64_t value, ParseInteger<int64_t>(type, text));
      return Value::I64(value);
    }
    case ValueType::Kind::kF32: {
      ASSIGN_OR_RETURN(float value, ParseFloat<float>(type, text));
      return Value::F32(value);
    }
    case ValueType::Kind::kF64: {
      ASSIGN_OR_RETURN(double value, ParseFloat<double>(type, text));
      return Value::F64(value);
    }
    case ValueType::Kind::kRef:
      if (text == "null" && type.IsNullable()) return Value::Default(type);
      break;
    case ValueType::Kind::kV128:
    case ValueType::Kind::kBottom:
      break;
  }
  return absl::UnimplementedError(
      absl::StrCat("an argument of type ", ToString(type),
                   " cannot be written on the command line"));
}

std::string FormatValue(const Value& value) {
  switch (value.type().kind()) {
    case ValueType::Kind::kI32:
      return absl::StrCat(value.i32());
    case ValueType::Kind::kI64:
      return absl::StrCat(value.i64());
    case ValueType::Kind::kF32:
      return FormatFloat(value.f32());
    case ValueType::Kind::kF64:
      return FormatFloat(value.f64());
    case ValueType::Kind::kV128: {
      const auto lanes = value.v128().Lanes<uint64_t>();
      return absl::StrFormat("0x%016x%016x", lanes[1], lanes[0]);
    }
    case ValueType::Kind::kRef:
      return value.IsNull() ? "null"
                            : absl::StrCat("<", ToString(value.type()), ">");
    case ValueType::Kind::kBottom:
      break;
  }
  return "";
}

}  // namespace wasijit::tools
