// Evaluation of constant expressions (specification, 3.4.12), on the bytes and
// without a compiler: what instantiation needs for globals, tables, and
// segments.
#ifndef WASIJIT_RUNTIME_MODULE_CONST_EXPR_H_
#define WASIJIT_RUNTIME_MODULE_CONST_EXPR_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"

namespace wasijit {

// The instance in which an expression is evaluated. Indices are in the
// module's index spaces.
class ConstExprContext {
 public:
  virtual ~ConstExprContext() = default;

  virtual Value Global(uint32_t global) = 0;
  // A reference to the function, of type (ref $type-of-the-function).
  virtual Value FunctionReference(uint32_t function) = 0;

  // Allocation. `fields` are the field values in order; a struct with a
  // descriptor type receives it in `descriptor`, else `descriptor` is null.
  // Missing memory is ResourceExhausted, a null descriptor FailedPrecondition.
  virtual absl::StatusOr<Value> NewStruct(uint32_t type,
                                          absl::Span<const Value> fields,
                                          const Value* descriptor) = 0;
  // `length` elements, each `element`.
  virtual absl::StatusOr<Value> NewArray(uint32_t type, const Value& element,
                                         uint32_t length) = 0;
  virtual absl::StatusOr<Value> NewArrayOf(
      uint32_t type, absl::Span<const Value> elements) = 0;
  // ref.i31 of the low 31 bits.
  virtual Value NewI31(uint32_t value) = 0;
  // any.convert_extern and extern.convert_any; null becomes null.
  virtual absl::StatusOr<Value> ConvertReference(const Value& reference,
                                                 ValueType type) = 0;
};

// The value of a constant expression of a valid module. On an expression that
// validation would have refused (from a damaged image, say) the result is
// InvalidArgument, or some value; never undefined behaviour as long as the
// context checks its indices. Errors of the context are passed on.
absl::StatusOr<Value> EvaluateConstExpr(const Module& module, ConstExpr expr,
                                        ConstExprContext& context);

// Calls `visit` with the index of every ref.func in the expression.
// InvalidArgument, perhaps after some calls, if it is malformed.
absl::Status VisitFunctionReferences(
    absl::Span<const uint8_t> expression,
    const std::function<void(uint32_t function)>& visit);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_CONST_EXPR_H_
