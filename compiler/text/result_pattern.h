// What a test script expects of a result: a value, or a set of values.
#ifndef WASIJIT_COMPILER_TEXT_RESULT_PATTERN_H_
#define WASIJIT_COMPILER_TEXT_RESULT_PATTERN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit::compiler {

// A number, or one lane of a vector.
struct NumberPattern {
  enum class Kind : uint8_t {
    kBits,
    // A NaN whose payload is the highest bit alone, of either sign.
    kCanonicalNan,
    // A NaN whose payload has the highest bit.
    kArithmeticNan,
  };
  Kind kind = Kind::kBits;
  // 8, 16, 32 or 64.
  uint8_t width = 32;
  // If kind is kBits.
  uint64_t bits = 0;
  // As written, for messages.
  std::string text;
};

bool Matches(const NumberPattern& pattern, uint64_t bits);

struct ResultPattern {
  enum class Kind : uint8_t {
    kNumber,
    kVector,
    // Null, of any type.
    kNull,
    // Not null, and of the heap type.
    kReference,
    // What the script calls (ref.extern N) or, converted, (ref.host N).
    kExtern,
    kHost,
    // One of the alternatives.
    kEither,
  };
  Kind kind = Kind::kNumber;
  // kNumber, kVector: the type.
  ValueType type;
  // kNumber: one; kVector: its lanes.
  std::vector<NumberPattern> numbers;
  // kReference: may be any abstract heap type.
  HeapType heap_type;
  // kExtern, kHost.
  uint32_t host = 0;
  std::vector<ResultPattern> alternatives;
};

// "f32.const nan:canonical", "v128.const i32x4 1 2 3 4", "(ref.func)".
std::string ToString(const ResultPattern& pattern);

// Whether a value that is no reference matches. REQUIRES: pattern.kind is
// kNumber or kVector.
bool MatchesNumber(const ResultPattern& pattern, const Value& value);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_RESULT_PATTERN_H_
