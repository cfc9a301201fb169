#include "runtime/module/value_type_codec.h"

#include <iterator>
#include <optional>

namespace wasijit {
namespace {

constexpr uint8_t kNullableReference = 0x63;
constexpr uint8_t kReference = 0x64;
constexpr uint8_t kExact = 0x62;

// In the order of AbstractHeapType.
constexpr uint8_t kHeapTypeCodes[] = {
    0x70,  // func
    0x73,  // nofunc
    0x6f,  // extern
    0x72,  // noextern
    0x6e,  // any
    0x6d,  // eq
    0x6c,  // i31
    0x6b,  // struct
    0x6a,  // array
    0x71,  // none
    0x69,  // exn
    0x74,  // noexn
};

struct NumberTypeCode {
  uint8_t code;
  ValueType type;
};
constexpr NumberTypeCode kNumberTypeCodes[] = {
    {0x7f, ValueType::I32()},  {0x7e, ValueType::I64()},
    {0x7d, ValueType::F32()},  {0x7c, ValueType::F64()},
    {0x7b, ValueType::V128()},
};

std::optional<AbstractHeapType> AbstractFromCode(uint8_t code) {
  for (size_t i = 0; i < std::size(kHeapTypeCodes); ++i) {
    if (kHeapTypeCodes[i] == code) return static_cast<AbstractHeapType>(i);
  }
  return std::nullopt;
}

ValueType ReadReferenceTypeFrom(uint8_t code, ByteReader& reader) {
  if (code == kReference || code == kNullableReference) {
    return ValueType::Ref(ReadHeapType(reader), code == kNullableReference);
  }
  if (const std::optional<AbstractHeapType> heap_type =
          AbstractFromCode(code)) {
    return ValueType::Ref(*heap_type, /*nullable=*/true);
  }
  if (reader.ok()) {
    reader.FailAt("malformed reference type", reader.offset() - 1);
  }
  return ValueType();
}

}  // namespace

HeapType ReadHeapType(ByteReader& reader) {
  const uint32_t start = reader.offset();
  if (const auto heap_type = AbstractFromCode(reader.Peek())) {
    reader.Byte();
    return *heap_type;
  }
  const bool exact = reader.Peek() == kExact;
  if (exact) reader.Byte();
  const int64_t index = reader.S33();
  if (index < 0) {
    reader.FailAt("malformed heap type", start);
    return HeapType();
  }
  return HeapType::Concrete(static_cast<uint32_t>(index), exact);
}

ValueType ReadValueType(ByteReader& reader) {
  const uint8_t code = reader.Byte();
  for (const NumberTypeCode& number : kNumberTypeCodes) {
    if (number.code == code) return number.type;
  }
  return ReadReferenceTypeFrom(code, reader);
}

ValueType ReadReferenceType(ByteReader& reader) {
  return ReadReferenceTypeFrom(reader.Byte(), reader);
}

void WriteHeapType(HeapType type, ByteWriter& writer) {
  if (type.IsAbstract()) {
    writer.Byte(kHeapTypeCodes[static_cast<size_t>(type.abstract())]);
    return;
  }
  if (type.IsExact()) writer.Byte(kExact);
  writer.S33(type.type_index());
}

void WriteValueType(ValueType type, ByteWriter& writer) {
  if (!type.IsRef()) {
    for (const NumberTypeCode& number : kNumberTypeCodes) {
      if (number.type == type) writer.Byte(number.code);
    }
    return;
  }
  if (!type.IsNullable() || type.heap_type().IsConcrete()) {
    writer.Byte(type.IsNullable() ? kNullableReference : kReference);
  }
  WriteHeapType(type.heap_type(), writer);
}

}  // namespace wasijit
