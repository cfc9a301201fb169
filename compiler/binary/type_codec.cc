#include "compiler/binary/type_codec.h"

#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "runtime/module/value_type_codec.h"

namespace wasijit::compiler {
namespace {

constexpr uint8_t kI8 = 0x78;
constexpr uint8_t kI16 = 0x77;
constexpr uint8_t kFunc = 0x60;
constexpr uint8_t kStruct = 0x5f;
constexpr uint8_t kArray = 0x5e;
constexpr uint8_t kSub = 0x50;
constexpr uint8_t kSubFinal = 0x4f;
constexpr uint8_t kDescriptor = 0x4d;
constexpr uint8_t kDescribes = 0x4c;
constexpr uint8_t kEmptyBlock = 0x40;
constexpr uint8_t kTagAttribute = 0x00;
constexpr uint8_t kExactFunction = 0x20;

constexpr uint8_t kLimitsMax = 0x01;
constexpr uint8_t kLimitsShared = 0x02;
constexpr uint8_t kLimitsIs64 = 0x04;
constexpr uint8_t kLimitsPageSize = 0x08;

StorageType ReadStorageType(ByteReader& reader) {
  if (reader.Peek() == kI8 || reader.Peek() == kI16) {
    return {ValueType::I32(),
            reader.Byte() == kI8 ? PackedType::kI8 : PackedType::kI16};
  }
  const uint32_t start = reader.offset();
  ByteReader attempt = reader;
  const ValueType type = ReadValueType(attempt);
  if (!attempt.ok() && absl::StartsWith(attempt.error(), "malformed")) {
    reader.FailAt("malformed storage type", start);
  } else {
    reader = attempt;
  }
  return {type, PackedType::kNone};
}

bool ReadMutability(ByteReader& reader) {
  const uint8_t byte = reader.Byte();
  if (byte > 1) reader.FailAt("malformed mutability", reader.offset() - 1);
  return byte == 1;
}

FieldType ReadFieldType(ByteReader& reader) {
  FieldType field;
  field.storage = ReadStorageType(reader);
  field.is_mutable = ReadMutability(reader);
  return field;
}

std::vector<ValueType> ReadResultType(ByteReader& reader, uint32_t limit,
                                      const char* limit_message) {
  const uint32_t count = reader.Count();
  if (count > limit) reader.FailLimit(limit_message);
  std::vector<ValueType> types;
  if (!reader.ok()) return types;
  types.reserve(count);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    types.push_back(ReadValueType(reader));
  }
  return types;
}

CompositeType ReadCompositeType(ByteReader& reader) {
  const uint8_t code = reader.Byte();
  switch (code) {
    case kFunc: {
      FuncType type;
      type.params =
          ReadResultType(reader, kMaxParameters, "too many parameters");
      type.results = ReadResultType(reader, kMaxResults, "too many results");
      return type;
    }
    case kStruct: {
      StructType type;
      const uint32_t count = reader.Count();
      if (count > kMaxStructFields) reader.FailLimit("too many fields");
      for (uint32_t i = 0; i < count && reader.ok(); ++i) {
        type.fields.push_back(ReadFieldType(reader));
      }
      return type;
    }
    case kArray:
      return ArrayType{ReadFieldType(reader)};
    default:
      reader.FailAt(code < 0x80 ? "malformed definition type"
                                : "integer representation too long",
                    reader.offset() - 1);
      return FuncType();
  }
}

// An index behind a marking byte, if the byte is next.
std::optional<uint32_t> ReadClause(uint8_t mark, ByteReader& reader) {
  if (reader.AtEnd() || reader.Peek() != mark) return std::nullopt;
  reader.Byte();
  return reader.U32();
}

void WriteClause(uint8_t mark, const std::optional<uint32_t>& index,
                 ByteWriter& writer) {
  if (!index) return;
  writer.Byte(mark);
  writer.U32(*index);
}

Limits ReadLimits(uint8_t flags, ByteReader& reader) {
  Limits limits;
  limits.is64 = (flags & kLimitsIs64) != 0;
  limits.min = reader.U64();
  if ((flags & kLimitsMax) != 0) limits.max = reader.U64();
  return limits;
}

uint8_t ReadLimitsFlags(uint8_t allowed, ByteReader& reader) {
  const uint8_t flags = reader.Byte();
  if ((flags & ~allowed) != 0) {
    reader.FailAt("malformed limits flags", reader.offset() - 1);
  }
  return flags;
}

uint8_t FlagsOf(const Limits& limits) {
  return (limits.max ? kLimitsMax : 0) | (limits.is64 ? kLimitsIs64 : 0);
}

void WriteLimits(const Limits& limits, ByteWriter& writer) {
  writer.U64(limits.min);
  if (limits.max) writer.U64(*limits.max);
}

void WriteFieldType(const FieldType& type, ByteWriter& writer) {
  switch (type.storage.packed) {
    case PackedType::kI8:
      writer.Byte(kI8);
      break;
    case PackedType::kI16:
      writer.Byte(kI16);
      break;
    case PackedType::kNone:
      WriteValueType(type.storage.value, writer);
      break;
  }
  writer.Byte(type.is_mutable);
}

void WriteResultType(const std::vector<ValueType>& types, ByteWriter& writer) {
  writer.U32(static_cast<uint32_t>(types.size()));
  for (ValueType type : types) WriteValueType(type, writer);
}

void WriteCompositeType(const CompositeType& type, ByteWriter& writer) {
  if (const auto* func = std::get_if<FuncType>(&type)) {
    writer.Byte(kFunc);
    WriteResultType(func->params, writer);
    WriteResultType(func->results, writer);
  } else if (const auto* structure = std::get_if<StructType>(&type)) {
    writer.Byte(kStruct);
    writer.U32(static_cast<uint32_t>(structure->fields.size()));
    for (const FieldType& field : structure->fields) {
      WriteFieldType(field, writer);
    }
  } else {
    writer.Byte(kArray);
    WriteFieldType(std::get<ArrayType>(type).element, writer);
  }
}

}  // namespace

BlockType ReadBlockType(ByteReader& reader) {
  const uint8_t first = reader.Peek();
  if (first == kEmptyBlock) {
    reader.Byte();
    return BlockType::Empty();
  }
  // As an s33, a type index is not negative: bit 6 of its only byte is clear,
  // or more bytes follow.
  if ((first & 0xc0) == 0x40) return BlockType::Value(ReadValueType(reader));
  const uint32_t start = reader.offset();
  const int64_t index = reader.S33();
  if (index < 0) reader.FailAt("malformed block type", start);
  return BlockType::Type(static_cast<uint32_t>(index));
}

void WriteBlockType(const BlockType& type, ByteWriter& writer) {
  switch (type.kind) {
    case BlockType::Kind::kEmpty:
      writer.Byte(kEmptyBlock);
      break;
    case BlockType::Kind::kValue:
      WriteValueType(type.value, writer);
      break;
    case BlockType::Kind::kTypeIndex:
      writer.S33(type.type_index);
      break;
  }
}

SubType ReadSubType(ByteReader& reader) {
  SubType type;
  if (reader.Peek() == kSub || reader.Peek() == kSubFinal) {
    type.is_final = reader.Byte() == kSubFinal;
    const uint32_t count = reader.Count();
    if (count > 1) reader.Fail("sub type with more than one supertype");
    if (count == 1) type.supertype = reader.U32();
  }
  type.describes = ReadClause(kDescribes, reader);
  type.descriptor = ReadClause(kDescriptor, reader);
  type.composite = ReadCompositeType(reader);
  return type;
}

void WriteSubType(const SubType& type, ByteWriter& writer) {
  if (!type.is_final || type.supertype) {
    writer.Byte(type.is_final ? kSubFinal : kSub);
    writer.U32(type.supertype.has_value());
    if (type.supertype) writer.U32(*type.supertype);
  }
  WriteClause(kDescribes, type.describes, writer);
  WriteClause(kDescriptor, type.descriptor, writer);
  WriteCompositeType(type.composite, writer);
}

TableType ReadTableType(ByteReader& reader) {
  TableType type;
  type.element = ReadReferenceType(reader);
  const uint8_t flags = ReadLimitsFlags(kLimitsMax | kLimitsIs64, reader);
  type.limits = ReadLimits(flags, reader);
  return type;
}

void WriteTableType(const TableType& type, ByteWriter& writer) {
  WriteValueType(type.element, writer);
  writer.Byte(FlagsOf(type.limits));
  WriteLimits(type.limits, writer);
}

MemoryType ReadMemoryType(ByteReader& reader, FeatureSet features) {
  MemoryType type;
  uint8_t allowed = kLimitsMax | kLimitsShared | kLimitsIs64;
  if (features.Has(Feature::kCustomPageSizes)) allowed |= kLimitsPageSize;
  const uint8_t flags = ReadLimitsFlags(allowed, reader);
  type.shared = (flags & kLimitsShared) != 0;
  type.limits = ReadLimits(flags, reader);
  if ((flags & kLimitsPageSize) != 0) {
    const uint32_t start = reader.offset();
    const uint32_t log2 = reader.U32();
    if (log2 >= 64) reader.FailAt("invalid custom page size", start);
    type.page_size_log2 = static_cast<uint8_t>(log2);
  }
  return type;
}

void WriteMemoryType(const MemoryType& type, ByteWriter& writer) {
  const bool custom_size = type.page_size_log2 != kDefaultPageSizeLog2;
  writer.Byte(FlagsOf(type.limits) | (type.shared ? kLimitsShared : 0) |
              (custom_size ? kLimitsPageSize : 0));
  WriteLimits(type.limits, writer);
  if (custom_size) writer.U32(type.page_size_log2);
}

GlobalType ReadGlobalType(ByteReader& reader) {
  GlobalType type;
  type.value = ReadValueType(reader);
  type.is_mutable = ReadMutability(reader);
  return type;
}

void WriteGlobalType(const GlobalType& type, ByteWriter& writer) {
  WriteValueType(type.value, writer);
  writer.Byte(type.is_mutable);
}

TagType ReadTagType(ByteReader& reader) {
  if (reader.Byte() != kTagAttribute) {
    reader.FailAt("zero byte expected", reader.offset() - 1);
  }
  return {reader.U32()};
}

void WriteTagType(const TagType& type, ByteWriter& writer) {
  writer.Byte(kTagAttribute);
  writer.U32(type.type);
}

ExternType ReadExternType(ByteReader& reader, FeatureSet features) {
  const uint8_t kind = reader.Byte();
  if (kind == kExactFunction && features.Has(Feature::kCustomDescriptors)) {
    return FunctionExternType{.type = reader.U32(), .exact = true};
  }
  switch (kind) {
    case static_cast<uint8_t>(ExternKind::kFunction):
      return FunctionExternType{.type = reader.U32(), .exact = false};
    case static_cast<uint8_t>(ExternKind::kTable):
      return ReadTableType(reader);
    case static_cast<uint8_t>(ExternKind::kMemory):
      return ReadMemoryType(reader, features);
    case static_cast<uint8_t>(ExternKind::kGlobal):
      return ReadGlobalType(reader);
    case static_cast<uint8_t>(ExternKind::kTag):
      return ReadTagType(reader);
    default:
      reader.FailAt("malformed import kind", reader.offset() - 1);
      return FunctionExternType();
  }
}

void WriteExternType(const ExternType& type, ByteWriter& writer) {
  const auto* function = std::get_if<FunctionExternType>(&type);
  writer.Byte(function != nullptr && function->exact
                  ? kExactFunction
                  : static_cast<uint8_t>(KindOf(type)));
  if (function != nullptr) {
    writer.U32(function->type);
  } else if (const auto* table = std::get_if<TableType>(&type)) {
    WriteTableType(*table, writer);
  } else if (const auto* memory = std::get_if<MemoryType>(&type)) {
    WriteMemoryType(*memory, writer);
  } else if (const auto* global = std::get_if<GlobalType>(&type)) {
    WriteGlobalType(*global, writer);
  } else {
    WriteTagType(std::get<TagType>(type), writer);
  }
}

}  // namespace wasijit::compiler
