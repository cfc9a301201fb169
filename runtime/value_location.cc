#include "runtime/value_location.h"

#include <cstdint>
#include <cstring>

#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {
namespace {

template <typename T>
T Load(const void* cell) {
  T value;
  std::memcpy(&value, cell, sizeof(value));
  return value;
}

}  // namespace

Value ReadCell(const void* cell, ValueType type) {
  switch (type.kind()) {
    case ValueType::Kind::kI32:
      return Value::I32(Load<int32_t>(cell));
    case ValueType::Kind::kI64:
      return Value::I64(Load<int64_t>(cell));
    case ValueType::Kind::kF32:
      return Value::F32Bits(Load<uint32_t>(cell));
    case ValueType::Kind::kF64:
      return Value::F64Bits(Load<uint64_t>(cell));
    case ValueType::Kind::kV128:
      return Value::Vector(Load<V128>(cell));
    case ValueType::Kind::kRef:
      return Value::Ref(type, Load<ReferenceBits>(cell));
    case ValueType::Kind::kBottom:
      break;
  }
  return Value();
}

void WriteCell(void* cell, const Value& value) {
  if (value.type().IsVector()) {
    std::memcpy(cell, &value.v128(), sizeof(V128));
    return;
  }
  uint64_t bits = 0;
  switch (value.type().kind()) {
    case ValueType::Kind::kI32:
      bits = static_cast<uint32_t>(value.i32());
      break;
    case ValueType::Kind::kI64:
      bits = static_cast<uint64_t>(value.i64());
      break;
    case ValueType::Kind::kF32:
      bits = value.f32_bits();
      break;
    case ValueType::Kind::kF64:
      bits = value.f64_bits();
      break;
    case ValueType::Kind::kRef:
      bits = value.ref();
      break;
    case ValueType::Kind::kV128:
    case ValueType::Kind::kBottom:
      break;
  }
  std::memcpy(cell, &bits, sizeof(bits));
}

}  // namespace wasijit
