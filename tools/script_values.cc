#include "tools/script_values.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "runtime/module/types.h"

namespace wasijit::tools {
namespace {

using compiler::ResultPattern;
using compiler::ScriptArgument;

// Zero is null.
ReferenceBits HostBits(uint32_t host) { return ReferenceBits{host} + 1; }

}  // namespace

absl::StatusOr<Value> ArgumentValue(const ScriptArgument& argument) {
  switch (argument.kind) {
    case ScriptArgument::Kind::kValue:
      return argument.value;
    case ScriptArgument::Kind::kExtern:
      return Value::Ref(
          ValueType::Ref(AbstractHeapType::kExtern, /*nullable=*/false),
          HostBits(argument.host));
    case ScriptArgument::Kind::kHost:
      return absl::UnimplementedError("(ref.host) as an argument");
  }
}

bool MatchesPattern(const Store& store, const Value& value,
                    const ResultPattern& pattern) {
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber:
    case ResultPattern::Kind::kVector:
      return compiler::MatchesNumber(pattern, value);
    case ResultPattern::Kind::kNull:
      return value.IsNull();
    case ResultPattern::Kind::kReference:
      return value.type().IsRef() && !value.IsNull() &&
             store.ValueMatches(
                 value, ValueType::Ref(pattern.heap_type, /*nullable=*/false));
    case ResultPattern::Kind::kExtern:
      return value.type().IsRef() &&
             value.type().heap_type().Is(AbstractHeapType::kExtern) &&
             value.ref() == HostBits(pattern.host);
    case ResultPattern::Kind::kHost:
      return false;
    case ResultPattern::Kind::kEither:
      return std::any_of(pattern.alternatives.begin(),
                         pattern.alternatives.end(),
                         [&](const ResultPattern& alternative) {
                           return MatchesPattern(store, value, alternative);
                         });
  }
}

}  // namespace wasijit::tools
