// Calls of WebAssembly functions with C++ types, without boxing.
//
//   ASSIGN_OR_RETURN(auto add, (TypedFunction<int32_t(int32_t,
//   int32_t)>::Create(
//                                  *instance->FindFunction("add"))));
//   Outcome<int32_t> sum = add(1, 2);
#ifndef WASIJIT_RUNTIME_TYPED_FUNCTION_H_
#define WASIJIT_RUNTIME_TYPED_FUNCTION_H_

#include <cstddef>
#include <expected>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/call.h"
#include "runtime/function.h"
#include "runtime/host_trampoline.h"
#include "runtime/host_value.h"
#include "runtime/module/types.h"
#include "runtime/outcome.h"
#include "runtime/store.h"

namespace wasijit {

template <typename Signature>
class TypedFunction;

// Parameters are as a HostFunction's, the result as well: void, a type, or a
// std::tuple. A copy is as good as the original; the store owns the function.
template <typename Result, typename... Parameter>
class TypedFunction<Result(Parameter...)> {
 public:
  // InvalidArgument if the function has another type.
  static absl::StatusOr<TypedFunction> Create(Function& function) {
    const FuncType expected = {
        TupleLocations<std::tuple<Parameter...>>::Types(),
        TupleLocations<Values>::Types()};
    if (function.type() != expected) {
      return absl::InvalidArgumentError(
          absl::StrCat("the function is a ", ToString(function.type()),
                       ", not a ", ToString(expected)));
    }
    return TypedFunction(function);
  }

  Outcome<Result> operator()(Parameter... arguments) const {
    static constexpr auto kArguments =
        TupleLocations<std::tuple<Parameter...>>::Assign(
            LocationAssigner::ForArguments());
    RegisterFile registers;
    size_t next = 0;
    (StoreHostValue(arguments, kArguments[next++], registers,
                    function_->store().call_buffer()),
     ...);
    if (!Enter(*function_, registers)) [[unlikely]] {
      return std::unexpected(TakeTermination());
    }
    return Results(registers,
                   std::make_index_sequence<std::tuple_size_v<Values>>());
  }

  Function& function() const { return *function_; }

 private:
  using Values = typename ReturnTraits<Result>::Values;

  explicit TypedFunction(Function& function) : function_(&function) {}

  template <size_t... index>
  Outcome<Result> Results(RegisterFile& registers,
                          std::index_sequence<index...>) const {
    static constexpr auto kLocations =
        TupleLocations<Values>::Assign(LocationAssigner::ForResults());
    void* const buffer = function_->store().call_buffer();
    if constexpr (std::is_void_v<Result>) {
      return {};
    } else if constexpr (std::is_same_v<Result, Values>) {
      return Values(LoadHostValue<std::tuple_element_t<index, Values>>(
          kLocations[index], registers, buffer)...);
    } else {
      return LoadHostValue<Result>(kLocations[0], registers, buffer);
    }
  }

  Function* function_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_TYPED_FUNCTION_H_
