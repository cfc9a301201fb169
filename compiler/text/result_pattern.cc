#include "compiler/text/result_pattern.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wasijit::compiler {
namespace {

uint64_t LaneBits(const V128& vector, size_t lane, size_t width) {
  uint64_t bits = 0;
  const size_t size = width / 8;
  for (size_t byte = 0; byte < size; ++byte) {
    bits |= uint64_t{vector.bytes[lane * size + byte]} << (8 * byte);
  }
  return bits;
}

uint64_t BitsOf(const Value& value) {
  switch (value.type().kind()) {
    case ValueType::Kind::kI32:
      return static_cast<uint32_t>(value.i32());
    case ValueType::Kind::kI64:
      return static_cast<uint64_t>(value.i64());
    case ValueType::Kind::kF32:
      return value.f32_bits();
    default:
      return value.f64_bits();
  }
}

std::string NumberText(const NumberPattern& number) { return number.text; }

std::string VectorText(const ResultPattern& pattern) {
  std::string lanes = absl::StrJoin(
      pattern.numbers, " ", [](std::string* out, const NumberPattern& number) {
        absl::StrAppend(out, number.text);
      });
  return absl::StrCat("v128.const (", 128 / pattern.numbers.size(),
                      "-bit lanes) ", lanes);
}

}  // namespace

bool Matches(const NumberPattern& pattern, uint64_t bits) {
  if (pattern.kind == NumberPattern::Kind::kBits) return bits == pattern.bits;
  const int fraction_bits = pattern.width == 32 ? 23 : 52;
  const int exponent_bits = pattern.width - 1 - fraction_bits;
  const uint64_t exponent = ((uint64_t{1} << exponent_bits) - 1)
                            << fraction_bits;
  const uint64_t quiet = uint64_t{1} << (fraction_bits - 1);
  const uint64_t sign = uint64_t{1} << (pattern.width - 1);
  if (pattern.kind == NumberPattern::Kind::kCanonicalNan) {
    return (bits & ~sign) == (exponent | quiet);
  }
  return (bits & (exponent | quiet)) == (exponent | quiet);
}

std::string ToString(const ResultPattern& pattern) {
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber:
      return absl::StrCat(ToString(pattern.type), ".const ",
                          NumberText(pattern.numbers[0]));
    case ResultPattern::Kind::kVector:
      return VectorText(pattern);
    case ResultPattern::Kind::kNull:
      return "(ref.null)";
    case ResultPattern::Kind::kReference:
      return absl::StrCat("(ref.", ToString(pattern.heap_type), ")");
    case ResultPattern::Kind::kExtern:
      return absl::StrCat("(ref.extern ", pattern.host, ")");
    case ResultPattern::Kind::kHost:
      return absl::StrCat("(ref.host ", pattern.host, ")");
    case ResultPattern::Kind::kEither:
      return absl::StrCat(
          "(either ",
          absl::StrJoin(pattern.alternatives, " ",
                        [](std::string* out, const ResultPattern& alternative) {
                          absl::StrAppend(out, ToString(alternative));
                        }),
          ")");
  }
}

bool MatchesNumber(const ResultPattern& pattern, const Value& value) {
  if (value.type() != pattern.type) return false;
  if (pattern.kind == ResultPattern::Kind::kNumber) {
    return Matches(pattern.numbers[0], BitsOf(value));
  }
  for (size_t lane = 0; lane < pattern.numbers.size(); ++lane) {
    const NumberPattern& number = pattern.numbers[lane];
    if (!Matches(number, LaneBits(value.v128(), lane, number.width))) {
      return false;
    }
  }
  return true;
}

}  // namespace wasijit::compiler
