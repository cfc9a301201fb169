// The C++ types that stand for WebAssembly types at the border to the host.
#ifndef WASIJIT_RUNTIME_HOST_VALUE_H_
#define WASIJIT_RUNTIME_HOST_VALUE_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "runtime/abi/calling_convention.h"
#include "runtime/function.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/value_location.h"

namespace wasijit {

// A reference to something of the embedder: any 64 bits that it can make use
// of; 0 is null.
struct ExternRef {
  ReferenceBits bits = 0;
};

// HostValue<T>: the WebAssembly type that T stands for, and the native type in
// which it travels between functions.
template <typename T>
struct HostValue;

// i32 travels zero-extended.
template <typename T, ValueType::Kind kind>
struct IntegerHostValue {
  using Native = uint64_t;
  static constexpr bool kInVectorRegister = false;
  static ValueType Type() { return kind; }
  static T FromNative(Native native) { return static_cast<T>(native); }
  static Native ToNative(T value) {
    return static_cast<std::make_unsigned_t<T>>(value);
  }
};
template <>
struct HostValue<int32_t> : IntegerHostValue<int32_t, ValueType::Kind::kI32> {};
template <>
struct HostValue<uint32_t> : IntegerHostValue<uint32_t, ValueType::Kind::kI32> {
};
template <>
struct HostValue<int64_t> : IntegerHostValue<int64_t, ValueType::Kind::kI64> {};
template <>
struct HostValue<uint64_t> : IntegerHostValue<uint64_t, ValueType::Kind::kI64> {
};

template <typename T, ValueType::Kind kind>
struct FloatHostValue {
  using Native = T;
  static constexpr bool kInVectorRegister = true;
  static ValueType Type() { return kind; }
  static T FromNative(Native native) { return native; }
  static Native ToNative(T value) { return value; }
};
template <>
struct HostValue<float> : FloatHostValue<float, ValueType::Kind::kF32> {};
template <>
struct HostValue<double> : FloatHostValue<double, ValueType::Kind::kF64> {};

template <>
struct HostValue<V128> {
  using Native = uint8_t __attribute__((vector_size(16)));
  static constexpr bool kInVectorRegister = true;
  static ValueType Type() { return ValueType::V128(); }
  static V128 FromNative(Native native) { return std::bit_cast<V128>(native); }
  static Native ToNative(const V128& value) {
    return std::bit_cast<Native>(value);
  }
};

template <>
struct HostValue<ExternRef> {
  using Native = uint64_t;
  static constexpr bool kInVectorRegister = false;
  static ValueType Type() { return ValueType::ExternRef(); }
  static ExternRef FromNative(Native native) { return {native}; }
  static Native ToNative(ExternRef value) { return value.bits; }
};

// Functions by reference; null for the null reference.
template <>
struct HostValue<Function*> {
  using Native = uint64_t;
  static constexpr bool kInVectorRegister = false;
  static ValueType Type() { return ValueType::FuncRef(); }
  static Function* FromNative(Native native) {
    auto* const record = reinterpret_cast<VmFunction*>(native);
    return record == nullptr ? nullptr : record->function;
  }
  static Native ToNative(const Function* value) {
    return value == nullptr ? 0 : reinterpret_cast<Native>(value->record());
  }
};

template <typename T>
T LoadHostValue(ValueLocation location, RegisterFile& registers,
                void* call_buffer) {
  typename HostValue<T>::Native native;
  std::memcpy(&native, LocationAddress(location, registers, call_buffer),
              sizeof(native));
  return HostValue<T>::FromNative(native);
}

template <typename T>
void StoreHostValue(const T& value, ValueLocation location,
                    RegisterFile& registers, void* call_buffer) {
  const typename HostValue<T>::Native native = HostValue<T>::ToNative(value);
  std::memcpy(LocationAddress(location, registers, call_buffer), &native,
              sizeof(native));
}

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_HOST_VALUE_H_
