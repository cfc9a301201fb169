#include "runtime/const_expr_context.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/trap.h"
#include "runtime/function.h"
#include "runtime/gc_heap.h"
#include "runtime/gc_object.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/rooted_value.h"
#include "runtime/status/status_macros.h"
#include "runtime/store.h"

namespace wasijit {
// Expressions of damaged images may name anything.
Value InstanceConstExprContext::Global(uint32_t global) {
  if (global >= instance_.module().globals.size()) return Value();
  return instance_.global(global)->Get();
}

Value InstanceConstExprContext::FunctionReference(uint32_t function) {
  const CompiledModule& module = *instance_.compiled_module();
  if (!module.layout().FunctionRecord(function).has_value()) {
    return Value::Default(ValueType::FuncRef());
  }
  return Value::Ref(
      ValueType::Ref(
          HeapType::Concrete(module.module().functions[function].type),
          /*nullable=*/false),
      reinterpret_cast<ReferenceBits>(instance_.record(function)));
}

absl::StatusOr<InstanceConstExprContext::Place>
InstanceConstExprContext::PlaceFor(uint32_t type) const {
  if ((instance_.module().features_used & kGcFeature) == 0) {
    return absl::InvalidArgumentError("the module has no structures or arrays");
  }
  ASSIGN_OR_RETURN(GcHeap * heap, instance_.store().gc_heap());
  return Place{heap, instance_.compiled_module()->type_ids()[type]};
}

absl::StatusOr<Value> InstanceConstExprContext::Keep(
    absl::StatusOr<Value> made) {
  if (made.ok()) made_.emplace_back(instance_.store(), *made);
  return made;
}

absl::StatusOr<Value> InstanceConstExprContext::NewStruct(
    uint32_t type, absl::Span<const Value> fields, const Value* descriptor) {
  ASSIGN_OR_RETURN(const Place place, PlaceFor(type));
  const SubType& definition = *place.heap->types().Get(place.type).definition;
  if (definition.descriptor.has_value() != (descriptor != nullptr)) {
    return absl::InvalidArgumentError(
        "the type and the value differ in "
        "whether there is a descriptor");
  }
  if (descriptor != nullptr && descriptor->IsNull()) {
    trap_ = TrapKind::kNullDescriptorReference;
    return absl::FailedPreconditionError(TrapMessage(*trap_));
  }
  return Keep(NewStructure(*place.heap, place.type, fields, descriptor));
}

absl::StatusOr<Value> InstanceConstExprContext::NewArray(uint32_t type,
                                                         const Value& element,
                                                         uint32_t length) {
  ASSIGN_OR_RETURN(const Place place, PlaceFor(type));
  return Keep(wasijit::NewArray(*place.heap, place.type, element, length));
}

absl::StatusOr<Value> InstanceConstExprContext::NewArrayOf(
    uint32_t type, absl::Span<const Value> elements) {
  ASSIGN_OR_RETURN(const Place place, PlaceFor(type));
  return Keep(wasijit::NewArrayOf(*place.heap, place.type, elements));
}

Value InstanceConstExprContext::NewI31(uint32_t value) {
  return wasijit::NewI31(value);
}

absl::StatusOr<Value> InstanceConstExprContext::ConvertReference(
    const Value& reference, ValueType type) {
  ASSIGN_OR_RETURN(GcHeap * heap, instance_.store().gc_heap());
  if (type.heap_type().Is(AbstractHeapType::kExtern)) {
    return ExternalReference(*heap, reference.ref(), type);
  }
  return Keep(InternalReference(*heap, reference.ref(), type));
}

}  // namespace wasijit
