#include "runtime/const_expr_context.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {
namespace {

absl::Status NoHeap() {
  return absl::UnimplementedError(
      "structures and arrays in constant expressions are not supported");
}

}  // namespace

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

absl::StatusOr<Value> InstanceConstExprContext::NewStruct(
    uint32_t, absl::Span<const Value>, const Value*) {
  return NoHeap();
}

absl::StatusOr<Value> InstanceConstExprContext::NewArray(uint32_t, const Value&,
                                                         uint32_t) {
  return NoHeap();
}

absl::StatusOr<Value> InstanceConstExprContext::NewArrayOf(
    uint32_t, absl::Span<const Value>) {
  return NoHeap();
}

// An i31 reference is its own number, marked as one by its lowest bit.
Value InstanceConstExprContext::NewI31(uint32_t value) {
  return Value::Ref(ValueType::Ref(AbstractHeapType::kI31, /*nullable=*/false),
                    ReferenceBits{value & 0x7fffffff} << 1 | 1);
}

Value InstanceConstExprContext::ConvertReference(const Value& reference,
                                                 ValueType type) {
  return Value::Ref(type, reference.ref());
}

}  // namespace wasijit
