// How each type of a WASI signature travels between guest and host:
//
//   Abi<T>::Raw           its WebAssembly parameters, as a RawTypes
//   Abi<T>::Decode        the value, checked, from those parameters
//   ResultAbi<T>::Raw     the pointers to which a result is written
//   ResultAbi<T>::Check   whether all of them can be written to
//   ResultAbi<T>::Write   the result
//
// A number that an enumeration or flag type does not define is kInval; rights
// alone are cut to those that exist, since nobody can have others. A range of
// memory that is out of bounds is kFault. Text for traces is in trace.h.
#ifndef WASIJIT_WASI_ABI_H_
#define WASIJIT_WASI_ABI_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "runtime/outcome.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// WebAssembly parameters: uint32_t is i32, uint64_t is i64.
template <typename... T>
struct RawTypes {
  static constexpr size_t kCount = sizeof...(T);
};

template <typename... Lists>
struct ConcatenateRaw {
  using Type = RawTypes<>;
};
template <typename... T>
struct ConcatenateRaw<RawTypes<T...>> {
  using Type = RawTypes<T...>;
};
template <typename... T, typename... U, typename... Rest>
struct ConcatenateRaw<RawTypes<T...>, RawTypes<U...>, Rest...>
    : ConcatenateRaw<RawTypes<T..., U...>, Rest...> {};

// One number. `raw` points to the value's parameters, widened to 64 bits.
template <typename T, typename Parameter>
struct NumberAbi {
  using Raw = RawTypes<Parameter>;
  static Result<T> Decode(GuestMemory, const uint64_t* raw) {
    return static_cast<T>(raw[0]);
  }
};

// An address and a count of bytes or objects.
using RawRange = RawTypes<uint32_t, uint32_t>;

template <typename T>
struct Abi;

template <>
struct Abi<uint32_t> : NumberAbi<uint32_t, uint32_t> {};
template <>
struct Abi<uint64_t> : NumberAbi<uint64_t, uint64_t> {};
template <>
struct Abi<int64_t> : NumberAbi<int64_t, uint64_t> {};
template <>
struct Abi<Fd> : NumberAbi<Fd, uint32_t> {};

template <TableType T>
struct Abi<T> {
  using Raw = RawTypes<uint32_t>;
  static Result<T> Decode(GuestMemory, const uint64_t* raw) {
    if (!IsDefined<T>(raw[0])) return std::unexpected(Errno::kInval);
    return static_cast<T>(raw[0]);
  }
};

template <>
struct Abi<Rights> {
  using Raw = RawTypes<uint64_t>;
  static Result<Rights> Decode(GuestMemory, const uint64_t* raw) {
    return static_cast<Rights>(raw[0]) & AllFlags<Rights>();
  }
};

template <typename T>
struct Abi<Pointer<T>> {
  using Raw = RawTypes<uint32_t>;
  static Result<Pointer<T>> Decode(GuestMemory memory, const uint64_t* raw) {
    return Pointer<T>(memory, static_cast<uint32_t>(raw[0]));
  }
};

template <>
struct Abi<Buffer> {
  using Raw = RawRange;
  static Result<Buffer> Decode(GuestMemory memory, const uint64_t* raw) {
    WASI_ASSIGN_OR_RETURN(const absl::Span<uint8_t> bytes,
                          memory.Range(static_cast<uint32_t>(raw[0]), raw[1]));
    return Buffer{bytes};
  }
};

template <typename T>
  requires std::is_base_of_v<Buffer, T>
struct Abi<T> {
  using Raw = RawRange;
  static Result<T> Decode(GuestMemory memory, const uint64_t* raw) {
    WASI_ASSIGN_OR_RETURN(const Buffer buffer,
                          Abi<Buffer>::Decode(memory, raw));
    return T(buffer);
  }
};

template <>
struct Abi<GuestString> {
  using Raw = RawRange;
  static Result<GuestString> Decode(GuestMemory memory, const uint64_t* raw) {
    WASI_ASSIGN_OR_RETURN(const absl::Span<uint8_t> bytes,
                          memory.Range(static_cast<uint32_t>(raw[0]), raw[1]));
    return GuestString{
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
  }
};

template <>
struct Abi<Iovecs> {
  using Raw = RawRange;
  static Result<Iovecs> Decode(GuestMemory memory, const uint64_t* raw) {
    return Iovecs::Read(memory, static_cast<uint32_t>(raw[0]),
                        static_cast<uint32_t>(raw[1]));
  }
};

template <>
struct Abi<Ciovecs> {
  using Raw = RawRange;
  static Result<Ciovecs> Decode(GuestMemory memory, const uint64_t* raw) {
    return Ciovecs::Read(memory, static_cast<uint32_t>(raw[0]),
                         static_cast<uint32_t>(raw[1]));
  }
};

template <>
struct Abi<SubscriptionArray> {
  using Raw = RawTypes<uint32_t>;
  static Result<SubscriptionArray> Decode(GuestMemory memory,
                                          const uint64_t* raw) {
    return SubscriptionArray(memory, static_cast<uint32_t>(raw[0]),
                             kPreview1Subscription);
  }
};

template <>
struct Abi<UnstableSubscriptionArray> {
  using Raw = RawTypes<uint32_t>;
  static Result<UnstableSubscriptionArray> Decode(GuestMemory memory,
                                                  const uint64_t* raw) {
    return UnstableSubscriptionArray(memory, static_cast<uint32_t>(raw[0]),
                                     kUnstableSubscription);
  }
};

template <typename T>
struct ResultAbi {
  using Raw = RawTypes<uint32_t>;
  static Result<void> Check(GuestMemory memory, const uint64_t* raw) {
    return At(memory, raw).Check(1);
  }
  // REQUIRES: Check succeeded.
  static void Write(GuestMemory memory, const uint64_t* raw, const T& value) {
    (void)At(memory, raw).Write(value);
  }

 private:
  static Pointer<T> At(GuestMemory memory, const uint64_t* raw) {
    return Pointer<T>(memory, static_cast<uint32_t>(raw[0]));
  }
};

template <typename A, typename B>
struct ResultAbi<std::pair<A, B>> {
  using Raw = RawTypes<uint32_t, uint32_t>;
  static Result<void> Check(GuestMemory memory, const uint64_t* raw) {
    WASI_RETURN_IF_ERROR(ResultAbi<A>::Check(memory, raw));
    return ResultAbi<B>::Check(memory, raw + 1);
  }
  static void Write(GuestMemory memory, const uint64_t* raw,
                    const std::pair<A, B>& value) {
    ResultAbi<A>::Write(memory, raw, value.first);
    ResultAbi<B>::Write(memory, raw + 1, value.second);
  }
};

template <>
struct ResultAbi<void> {
  using Raw = RawTypes<>;
  static Result<void> Check(GuestMemory, const uint64_t*) { return {}; }
};

template <>
struct ResultAbi<Exit> : ResultAbi<void> {};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_ABI_H_
