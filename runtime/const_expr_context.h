// What constant expressions refer to in an instance.
#ifndef WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_
#define WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/trap.h"
#include "runtime/gc_heap.h"
#include "runtime/instance.h"
#include "runtime/module/const_expr.h"
#include "runtime/module/value.h"
#include "runtime/rooted_value.h"

namespace wasijit {

// What it makes is alive as long as the context is.
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
  absl::StatusOr<Value> ConvertReference(const Value& reference,
                                         ValueType type) override;

  // Why evaluation has failed, if an expression has trapped.
  std::optional<TrapKind> trap() const { return trap_; }

 private:
  // The heap and the canonical id of a structure or array type.
  struct Place {
    GcHeap* heap;
    TypeId type;
  };
  absl::StatusOr<Place> PlaceFor(uint32_t type) const;
  absl::StatusOr<Value> Keep(absl::StatusOr<Value> made);

  Instance& instance_;
  std::vector<RootedValue> made_;
  std::optional<TrapKind> trap_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_CONST_EXPR_CONTEXT_H_
