// Functions of the host that WebAssembly can call.
//
//   HostFunction::Wrap([](int32_t a, double b) { return a + b; })
//   HostFunction::Wrap([files](Caller& caller, uint32_t fd) ->
//   Outcome<int32_t>)
//
// A wrapped callable is reached by one indirect call: the compiler of this
// program makes a trampoline with the convention of compiled code around it.
#ifndef WASIJIT_RUNTIME_HOST_FUNCTION_H_
#define WASIJIT_RUNTIME_HOST_FUNCTION_H_

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/host_trampoline.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"

namespace wasijit {

// The recipe for a function of the host; Store::NewFunction makes an object of
// it. Copies share the callable.
//
// Callables run on the WebAssembly stack with at least kHostStackReserve bytes
// left. They may call functions of the store. They must return: neither
// longjmp nor exceptions may pass through WebAssembly.
class HostFunction {
 public:
  // Arguments are of the function's parameter types; `results` is to be filled
  // with values of its result types.
  using Callback = std::function<Outcome<void>(
      Caller& caller, absl::Span<const Value> arguments,
      absl::Span<Value> results)>;

  // From a C++ callable; the type follows from its signature:
  //
  //   R (Caller&, A...) or R (A...)
  //
  //   A  int32_t or uint32_t (i32), int64_t or uint64_t (i64), float, double,
  //      V128, ExternRef, Function* (funcref, null for null)
  //   R  void, an A, std::tuple<A...>, or an Outcome of one of these: an
  //      unexpected Trap or Exit ends the WebAssembly that called.
  template <typename Callable>
  static HostFunction Wrap(Callable callable) {
    using Trampoline = HostTrampoline<Callable>;
    return HostFunction(Trampoline::Type(), Trampoline::Code(),
                        Trampoline::MakeData(std::move(callable)));
  }

  // With a type known only at run time; indices are canonical ids. A result of
  // another type than declared is a trap.
  static HostFunction Dynamic(FuncType type, Callback callback);

  // As Dynamic, but of the very type with this id, which may be one that a
  // module declares in a recursion group. `type` is its definition.
  static HostFunction OfType(TypeId type_id, FuncType type, Callback callback);

  const FuncType& type() const { return type_; }
  const std::optional<TypeId>& type_id() const { return type_id_; }
  const void* code() const { return code_; }
  void* data() const { return data_.get(); }

 private:
  HostFunction(FuncType type, const void* code, std::shared_ptr<void> data)
      : type_(std::move(type)), code_(code), data_(std::move(data)) {}

  FuncType type_;
  std::optional<TypeId> type_id_;
  // What goes into VmFunction::code and VmHostContext::data.
  const void* code_;
  std::shared_ptr<void> data_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_HOST_FUNCTION_H_
