#include "tools/script_values.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/statusor.h"
#include "runtime/gc_heap.h"
#include "runtime/gc_object.h"
#include "runtime/module/types.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

using compiler::ResultPattern;
using compiler::ScriptArgument;

// Zero is null.
ReferenceBits HostBits(uint32_t host) { return ReferenceBits{host} + 1; }

}  // namespace

absl::StatusOr<Value> ArgumentValue(Store& store,
                                    const ScriptArgument& argument) {
  switch (argument.kind) {
    case ScriptArgument::Kind::kValue:
      return argument.value;
    case ScriptArgument::Kind::kExtern:
      return Value::Ref(
          ValueType::Ref(AbstractHeapType::kExtern, /*nullable=*/false),
          HostBits(argument.host));
    case ScriptArgument::Kind::kHost: {
      ASSIGN_OR_RETURN(GcHeap * heap, store.gc_heap());
      return InternalReference(*heap, HostBits(argument.host),
                               ValueType::Ref(AbstractHeapType::kAny,
                                              /*nullable=*/false));
    }
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
      return store.existing_gc_heap() != nullptr && !value.IsNull() &&
             value.type().heap_type().Is(AbstractHeapType::kAny) &&
             ExternalReference(*store.existing_gc_heap(), value.ref(),
                               ValueType::ExternRef())
                     .ref() == HostBits(pattern.host);
    case ResultPattern::Kind::kEither:
      return std::any_of(pattern.alternatives.begin(),
                         pattern.alternatives.end(),
                         [&](const ResultPattern& alternative) {
                           return MatchesPattern(store, value, alternative);
                         });
  }
}

}  // namespace wasijit::tools
