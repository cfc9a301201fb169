// A WebAssembly value with its type, for the embedding interface and for
// constant expressions. Compiled code passes values untagged.
#ifndef WASIJIT_RUNTIME_MODULE_VALUE_H_
#define WASIJIT_RUNTIME_MODULE_VALUE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "runtime/module/types.h"

namespace wasijit {

// 128 bits, in the byte order of linear memory.
struct V128 {
  alignas(16) std::array<uint8_t, 16> bytes = {};

  // The vector seen as lanes of T; lane 0 lies in the first bytes.
  template <typename T>
  std::array<T, 16 / sizeof(T)> Lanes() const {
    return std::bit_cast<std::array<T, 16 / sizeof(T)>>(bytes);
  }
  template <typename T>
  static V128 FromLanes(const std::array<T, 16 / sizeof(T)>& lanes) {
    return {std::bit_cast<std::array<uint8_t, 16>>(lanes)};
  }

  friend bool operator==(const V128&, const V128&) = default;
};

// A reference as compiled code sees it: 0 is null. What other bits mean
// depends on the type: a VmFunction* for function references, else a handle of
// the store that made it. Does not own what it refers to.
using ReferenceBits = uint64_t;

// Trivially copyable. Reading a value as another type than it has is a
// programming error.
class Value {
 public:
  // The i32 zero.
  constexpr Value() : type_(ValueType::I32()) {}

  static Value I32(int32_t value) {
    return Value(ValueType::I32(), static_cast<uint32_t>(value));
  }
  static Value I64(int64_t value) {
    return Value(ValueType::I64(), static_cast<uint64_t>(value));
  }
  static Value F32(float value) {
    return F32Bits(std::bit_cast<uint32_t>(value));
  }
  static Value F64(double value) {
    return F64Bits(std::bit_cast<uint64_t>(value));
  }
  // From the bits, because copying a float may quieten a signalling NaN.
  static Value F32Bits(uint32_t bits) { return Value(ValueType::F32(), bits); }
  static Value F64Bits(uint64_t bits) { return Value(ValueType::F64(), bits); }
  static Value Vector(const V128& vector) {
    Value result;
    result.type_ = ValueType::V128();
    result.bits_ = vector;
    return result;
  }
  // REQUIRES: type.IsRef().
  static Value Ref(ValueType type, ReferenceBits bits) {
    return Value(type, bits);
  }
  // Zero, or the null reference. REQUIRES: type.IsDefaultable().
  static Value Default(ValueType type) { return Value(type, 0); }

  ValueType type() const { return type_; }

  int32_t i32() const { return static_cast<int32_t>(low()); }
  int64_t i64() const { return static_cast<int64_t>(low()); }
  float f32() const { return std::bit_cast<float>(f32_bits()); }
  double f64() const { return std::bit_cast<double>(low()); }
  uint32_t f32_bits() const { return static_cast<uint32_t>(low()); }
  uint64_t f64_bits() const { return low(); }
  const V128& v128() const { return bits_; }
  ReferenceBits ref() const { return low(); }
  bool IsNull() const { return type_.IsRef() && low() == 0; }

  // Same type and same bits: a NaN equals itself, 0.0 differs from -0.0.
  friend bool operator==(const Value&, const Value&) = default;

 private:
  Value(ValueType type, uint64_t low) : type_(type) {
    std::memcpy(bits_.bytes.data(), &low, sizeof(low));
  }
  uint64_t low() const { return bits_.Lanes<uint64_t>()[0]; }

  // The value in the low bytes, the others zero.
  V128 bits_;
  ValueType type_;
};

// As the text format writes a constant: "i32.const -1", "f64.const 0.5",
// "f32.const nan:0x200000", "v128.const i32x4 0x00000000 ...",
// "ref.null func"; a reference that is not null as its type: "(ref func)".
std::string ToString(const Value& value);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_VALUE_H_
