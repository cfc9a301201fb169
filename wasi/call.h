// A row of preview1.def or unstable.def as code: from WebAssembly parameters to
// the C++ function, and back.
#ifndef WASIJIT_WASI_CALL_H_
#define WASIJIT_WASI_CALL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "wasi/abi.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/preview1.h"
#include "wasi/trace.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// An argument as the method takes it.
template <typename T>
T&& ToPreview1(T&& value) {
  return std::forward<T>(value);
}
inline Whence ToPreview1(UnstableWhence&& whence) { return ToWhence(whence); }

// `Signature` is void(parameters...), with the row's types.
template <auto kMethod, typename R, typename Signature>
class Call;

template <auto kMethod, typename R, typename... P>
class Call<kMethod, R, void(P...)> {
  static constexpr size_t kParameters = sizeof...(P);
  using Sequence = std::make_index_sequence<kParameters>;

  // Where each parameter begins among the raw ones; last, where results do.
  static constexpr std::array<size_t, kParameters + 1> kOffsets = [] {
    constexpr std::array<size_t, kParameters> kCounts = {
        Abi<P>::Raw::kCount...};
    std::array<size_t, kParameters + 1> offsets = {};
    for (size_t i = 0; i < kParameters; ++i) {
      offsets[i + 1] = offsets[i] + kCounts[i];
    }
    return offsets;
  }();

 public:
  using Return = R;
  // What the guest passes.
  using Raw = typename ConcatenateRaw<typename Abi<P>::Raw...,
                                      typename ResultAbi<R>::Raw>::Type;

  // Makes the call with parameters widened to 64 bits and writes its result.
  // Where results go is checked first: a call that cannot deliver has no
  // effect.
  static Result<R> Run(Preview1& calls, GuestMemory memory,
                       const uint64_t* raw) {
    Result<R> result = Invoke(calls, memory, raw, Sequence());
    if constexpr (!std::is_void_v<R> && !std::is_same_v<R, Exit>) {
      if (result) ResultAbi<R>::Write(memory, raw + kOffsets.back(), *result);
    }
    return result;
  }

  // The arguments as text, with the names from the row's parameter list.
  static CallText TraceArguments(absl::string_view parameters,
                                 const DescriptorNames& names,
                                 GuestMemory memory, const uint64_t* raw) {
    CallText text;
    TraceEach(text, parameters, names, memory, raw, Sequence());
    return text;
  }

  // After the call, for arguments that say where something is to go: what is
  // there now.
  static void TraceOutputs(CallText& text, GuestMemory memory,
                           const uint64_t* raw, uint64_t size) {
    TraceEachOutput(text, memory, raw, size, Sequence());
  }

 private:
  // Decoded arguments. Unlike those of a tuple, they are made where they stay.
  template <size_t index, typename T>
  struct Argument {
    Result<T> value;
  };
  template <typename Indices>
  struct Arguments;
  template <size_t... I>
  struct Arguments<std::index_sequence<I...>> : Argument<I, P>... {};

  template <size_t... I>
  static Result<R> Invoke(Preview1& calls, GuestMemory memory,
                          const uint64_t* raw, std::index_sequence<I...>) {
    [[maybe_unused]] Arguments<Sequence> arguments{
        {Abi<P>::Decode(memory, raw + kOffsets[I])}...};
    Errno error = Errno::kSuccess;
    // The first argument that is wrong decides.
    (void)((arguments.Argument<I, P>::value.has_value() ||
            (error = arguments.Argument<I, P>::value.error(), false)) &&
           ...);
    if (error != Errno::kSuccess) [[unlikely]]
      return std::unexpected(error);
    WASI_RETURN_IF_ERROR(ResultAbi<R>::Check(memory, raw + kOffsets.back()));
    auto result = (calls.*kMethod)(
        ToPreview1(*std::move(arguments.Argument<I, P>::value))...);
    if (!result) return std::unexpected(result.error());
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return R(*std::move(result));
    }
  }

  template <size_t... I>
  static void TraceEach(CallText& text, absl::string_view parameters,
                        const DescriptorNames& names, GuestMemory memory,
                        const uint64_t* raw, std::index_sequence<I...>) {
    (text.arguments.push_back(
         {ParameterName(parameters, I),
          TraceOne<P>(text, names, memory, raw + kOffsets[I])}),
     ...);
  }

  template <typename T>
  static std::string TraceOne(CallText& text, const DescriptorNames& names,
                              GuestMemory memory, const uint64_t* raw) {
    const Result<T> argument = Abi<T>::Decode(memory, raw);
    std::string out;
    if (!argument) {
      absl::StrAppend(&out, "<", ErrnoName(argument.error()), " ", raw[0], ">");
    } else if constexpr (std::is_same_v<T, Fd>) {
      text.descriptors.push_back(*argument);
      out = names.Text(*argument);
    } else if constexpr (std::is_base_of_v<SubscriptionArray, T>) {
      // Behind it are where events go and the count.
      TraceSubscriptions(out, *argument, static_cast<uint32_t>(raw[2]), names);
    } else {
      if constexpr (std::is_same_v<T, GuestString>) {
        text.path = std::string(argument->text);
      }
      Trace(out, *argument);
    }
    return out;
  }

  template <size_t... I>
  static void TraceEachOutput(CallText& text, GuestMemory memory,
                              const uint64_t* raw, uint64_t size,
                              std::index_sequence<I...>) {
    (TraceOneOutput<P>(text.arguments[I].text, memory, raw + kOffsets[I], size),
     ...);
  }

  template <typename T>
  static void TraceOneOutput(std::string& out, GuestMemory memory,
                             const uint64_t* raw, uint64_t size) {
    if constexpr (std::is_same_v<T, Iovecs> || std::is_same_v<T, TextBuffer> ||
                  std::is_same_v<T, DirentBuffer> ||
                  std::is_same_v<T, Pointer<Event>>) {
      if (const Result<T> argument = Abi<T>::Decode(memory, raw)) {
        out.clear();
        TraceOutput(out, *argument, size);
      }
    }
  }
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_CALL_H_
