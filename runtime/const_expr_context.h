// What constant expressions refer to in an instance.
#ifndef WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_
#define WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/instance.h"
#include "runtime/module/const_expr.h"
#include "runtime/module/value.h"

namespace wasijit {

// Structures and arrays need a garbage-collected heap, which stores do not
// have: the compiler refuses modules with them, and so does this
// (Unimplemented).
class InstanceConstExprContext : public ConstExprContext {
 public:
  // `instance` must have its imports and records, and those globals that are
  // read.
  explicit InstanceConstExprContext(Instance& instance) : instance_(instance) {}

  Value Global(uint32_t global) override;
  Value FunctionReference(uint32_t function) override;
  absl::StatusOr<Value> NewStruct(uint32_t type, absl::Span<const Value> fields,
                                  const Value* descriptor) override;
  absl::StatusOr<Value> NewArray(uint32_t type, const Value& element,
                                 uint32_t length) override;
  absl::StatusOr<Value> NewArrayOf(uint32_t type,
                                   absl::Span<const Value> elements) override;
  Value NewI31(uint32_t value) override;
  Value ConvertReference(const Value& reference, ValueType type) override;

 private:
  Instance& instance_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_
