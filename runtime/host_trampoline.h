// The native code through which compiled code calls a C++ callable.
//
// clang's swiftcall is the convention of compiled code (calling_convention.h):
// integers and vectors in registers, the context register as the last
// parameter. A trampoline is therefore an ordinary C++ function, made for each
// callable, in which the callable may be inlined.
//
// A trampoline never unwinds: when the callable fails, all its objects are gone
// by the time the trampoline, which has none, leaves WebAssembly for good or
// throws its exception in place of returning.
#ifndef WASIJIT_RUNTIME_HOST_TRAMPOLINE_H_
#define WASIJIT_RUNTIME_HOST_TRAMPOLINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/abi/calling_convention.h"
#include "runtime/abi/vm_context.h"
#include "runtime/caller.h"
#include "runtime/host_entry.h"
#include "runtime/host_value.h"
#include "runtime/module/types.h"
#include "runtime/outcome.h"

namespace wasijit {

// What a callable takes and returns: the WebAssembly parameters as a tuple, and
// whether a Caller& comes first.
template <typename T>
struct CallableTraits : CallableTraits<decltype(&T::operator())> {};
template <typename R, typename... A>
struct CallableTraits<R (*)(A...)> {
  using Result = R;
  using Parameters = std::tuple<std::decay_t<A>...>;
  static constexpr bool kTakesCaller = false;
};
template <typename R, typename... A>
struct CallableTraits<R (*)(Caller&, A...)> {
  using Result = R;
  using Parameters = std::tuple<std::decay_t<A>...>;
  static constexpr bool kTakesCaller = true;
};
template <typename F, typename R, typename... A>
struct CallableTraits<R (F::*)(A...)> : CallableTraits<R (*)(A...)> {};
template <typename F, typename R, typename... A>
struct CallableTraits<R (F::*)(A...) const> : CallableTraits<R (*)(A...)> {};

// What a return type means: the values, as a tuple, and whether it can fail.
template <typename T>
struct ReturnTraits {
  using Values = std::tuple<T>;
  static constexpr bool kCanFail = false;
};
template <>
struct ReturnTraits<void> {
  using Values = std::tuple<>;
  static constexpr bool kCanFail = false;
};
template <typename... T>
struct ReturnTraits<std::tuple<T...>> {
  using Values = std::tuple<T...>;
  static constexpr bool kCanFail = false;
};
template <typename T>
struct ReturnTraits<Outcome<T>> : ReturnTraits<T> {
  static constexpr bool kCanFail = true;
};

// Up to four values as a class that swiftcall returns in registers, each value
// in one of its class. The alignment keeps neighbours apart.
template <typename... T>
struct NativeResults;
template <>
struct NativeResults<> {};
template <typename A>
struct NativeResults<A> {
  A a;
};
template <typename A, typename B>
struct NativeResults<A, B> {
  alignas(16) A a;
  alignas(16) B b;
};
template <typename A, typename B, typename C>
struct NativeResults<A, B, C> {
  alignas(16) A a;
  alignas(16) B b;
  alignas(16) C c;
};
template <typename A, typename B, typename C, typename D>
struct NativeResults<A, B, C, D> {
  alignas(16) A a;
  alignas(16) B b;
  alignas(16) C c;
  alignas(16) D d;
};
inline constexpr size_t kMaxNativeResults = 4;

template <typename Tuple>
struct TupleLocations;
template <typename... T>
struct TupleLocations<std::tuple<T...>> {
  static constexpr size_t kCount = sizeof...(T);

  static constexpr std::array<ValueLocation, kCount> Assign(
      LocationAssigner assigner) {
    return {assigner.Next(HostValue<T>::kInVectorRegister)...};
  }
  static std::vector<ValueType> Types() { return {HostValue<T>::Type()...}; }
};

template <typename Callable>
class HostTrampoline {
  using Traits = CallableTraits<std::decay_t<Callable>>;
  using Parameters = typename Traits::Parameters;
  using Return = ReturnTraits<typename Traits::Result>;
  using Values = typename Return::Values;

  static constexpr size_t kParameters = std::tuple_size_v<Parameters>;
  static constexpr size_t kResults = std::tuple_size_v<Values>;
  static constexpr auto kArguments =
      TupleLocations<Parameters>::Assign(LocationAssigner::ForArguments());

  template <size_t index>
  using ParameterAt = std::tuple_element_t<index, Parameters>;
  template <size_t index>
  using NativeAt = typename HostValue<ParameterAt<index>>::Native;

  static constexpr bool InRegister(size_t parameter) {
    return kArguments[parameter].kind != ValueLocation::Kind::kBuffer;
  }
  // Position among the parameters that are in registers.
  static constexpr size_t RegisterNumber(size_t parameter) {
    size_t number = 0;
    for (size_t i = 0; i < parameter; ++i) number += InRegister(i) ? 1 : 0;
    return number;
  }

  template <size_t... index>
  static auto RegisterTuple(std::index_sequence<index...>)
      -> decltype(std::tuple_cat(
          std::declval<
              std::conditional_t<InRegister(index), std::tuple<NativeAt<index>>,
                                 std::tuple<>>>()...));
  using Registers =
      decltype(RegisterTuple(std::make_index_sequence<kParameters>()));

  template <size_t... index>
  static auto ResultsOf(std::index_sequence<index...>) -> NativeResults<
      typename HostValue<std::tuple_element_t<index, Values>>::Native...>;

 public:
  static FuncType Type() {
    return {TupleLocations<Parameters>::Types(),
            TupleLocations<Values>::Types()};
  }

  static const void* Code() {
    if constexpr (kResults <= kMaxNativeResults) {
      using Entry = NativeEntry<Registers>;
      return reinterpret_cast<const void*>(&Entry::Run);
    } else {
      return GenericHostEntry();
    }
  }

  static std::shared_ptr<void> MakeData(Callable callable) {
    if constexpr (kResults <= kMaxNativeResults) {
      return std::make_shared<Callable>(std::move(callable));
    } else {
      return std::make_shared<Generic>(std::move(callable));
    }
  }

 private:
  // Calls the callable; false if it failed, which is then pending.
  template <size_t... index>
  static bool Invoke(Callable& callable, VmHostContext* context,
                     const Parameters& arguments, Values& values,
                     std::index_sequence<index...>) {
    Caller caller(context);
    const auto call = [&]() -> decltype(auto) {
      if constexpr (Traits::kTakesCaller) {
        return std::invoke(callable, caller, std::get<index>(arguments)...);
      } else {
        return std::invoke(callable, std::get<index>(arguments)...);
      }
    };
    using Result = typename Traits::Result;
    if constexpr (std::is_void_v<Result>) {
      call();
    } else if constexpr (!Return::kCanFail) {
      Store(call(), values);
    } else {
      Result result = call();
      if (!result.has_value()) [[unlikely]] {
        SetPendingTermination(std::move(result).error());
        return false;
      }
      if constexpr (!std::is_void_v<typename Result::value_type>) {
        Store(*std::move(result), values);
      }
    }
    return true;
  }

  template <typename T>
  static void Store(T&& value, Values& values) {
    if constexpr (std::is_same_v<std::decay_t<T>, Values>) {
      values = std::forward<T>(value);
    } else {
      std::get<0>(values) = std::forward<T>(value);
    }
  }

  // For results in registers only.
  template <typename RegisterTuple>
  struct NativeEntry;
  template <typename... Register>
  struct NativeEntry<std::tuple<Register...>> {
    using Results = decltype(ResultsOf(std::make_index_sequence<kResults>()));

    WASIJIT_HOST_ENTRY static Results __attribute__((swiftcall)) Run(
        Register... registers,
        __attribute__((swift_context)) VmHostContext* context) {
      void* const frame = __builtin_frame_address(0);
      EnterHost(frame);
      Values values;
      if (!Decode(context, std::tuple<Register...>(registers...), values,
                  std::make_index_sequence<kParameters>())) [[unlikely]] {
        RaisePendingTermination(frame, context);
        // Jumps with the callee-saved registers restored.
        [[clang::musttail]] return reinterpret_cast<decltype(&Run)>(
            ThrowPendingCode())(Register{}..., context);
      }
      return Encode(values, std::make_index_sequence<kResults>());
    }

    template <size_t... index>
    static bool Decode(VmHostContext* context,
                       const std::tuple<Register...>& registers, Values& values,
                       std::index_sequence<index...> sequence) {
      const Parameters arguments(HostValue<ParameterAt<index>>::FromNative(
          Argument<index>(context, registers))...);
      return Invoke(*static_cast<Callable*>(context->data), context, arguments,
                    values, sequence);
    }

    template <size_t index>
    static NativeAt<index> Argument(VmHostContext* context,
                                    const std::tuple<Register...>& registers) {
      if constexpr (InRegister(index)) {
        return std::get<RegisterNumber(index)>(registers);
      } else {
        NativeAt<index> value;
        std::memcpy(&value,
                    static_cast<uint8_t*>(context->call_buffer) +
                        kArguments[index].index * kCallBufferSlotSize,
                    sizeof(value));
        return value;
      }
    }

    template <size_t... index>
    static Results Encode(const Values& values, std::index_sequence<index...>) {
      return Results{HostValue<std::tuple_element_t<index, Values>>::ToNative(
          std::get<index>(values))...};
    }
  };

  // For more results than the compiler returns in registers.
  class Generic : public GenericHostClosure {
   public:
    explicit Generic(Callable callable)
        : GenericHostClosure(&Run), callable_(std::move(callable)) {}

   private:
    static bool Run(GenericHostClosure& closure, VmHostContext* context,
                    RegisterFile& registers) {
      return static_cast<Generic&>(closure).Run(
          context, registers, std::make_index_sequence<kParameters>(),
          std::make_index_sequence<kResults>());
    }

    template <size_t... parameter, size_t... result>
    bool Run(VmHostContext* context, RegisterFile& registers,
             std::index_sequence<parameter...> sequence,
             std::index_sequence<result...>) {
      static constexpr auto kLocations =
          TupleLocations<Values>::Assign(LocationAssigner::ForResults());
      const Parameters arguments(LoadHostValue<ParameterAt<parameter>>(
          kArguments[parameter], registers, context->call_buffer)...);
      Values values;
      if (!Invoke(callable_, context, arguments, values, sequence)) {
        return false;
      }
      (StoreHostValue(std::get<result>(values), kLocations[result], registers,
                      context->call_buffer),
       ...);
      return true;
    }

    Callable callable_;
  };
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_HOST_TRAMPOLINE_H_
