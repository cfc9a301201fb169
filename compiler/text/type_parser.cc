#include "compiler/text/type_parser.h"

#include <bit>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {
namespace {

struct AbstractHeapTypeWord {
  Keyword heap_type;
  // The abbreviation of the nullable reference (6.4.3).
  Keyword reference;
  AbstractHeapType type;
};
constexpr AbstractHeapTypeWord kAbstractHeapTypes[] = {
    {Keyword::kFunc, Keyword::kFuncRef, AbstractHeapType::kFunc},
    {Keyword::kNoFunc, Keyword::kNullFuncRef, AbstractHeapType::kNoFunc},
    {Keyword::kExtern, Keyword::kExternRef, AbstractHeapType::kExtern},
    {Keyword::kNoExtern, Keyword::kNullExternRef, AbstractHeapType::kNoExtern},
    {Keyword::kAny, Keyword::kAnyRef, AbstractHeapType::kAny},
    {Keyword::kEq, Keyword::kEqRef, AbstractHeapType::kEq},
    {Keyword::kI31, Keyword::kI31Ref, AbstractHeapType::kI31},
    {Keyword::kStruct, Keyword::kStructRef, AbstractHeapType::kStruct},
    {Keyword::kArray, Keyword::kArrayRef, AbstractHeapType::kArray},
    {Keyword::kNone, Keyword::kNullRef, AbstractHeapType::kNone},
    {Keyword::kExn, Keyword::kExnRef, AbstractHeapType::kExn},
    {Keyword::kNoExn, Keyword::kNullExnRef, AbstractHeapType::kNoExn},
};

struct NumberTypeWord {
  Keyword keyword;
  ValueType type;
};
constexpr NumberTypeWord kNumberTypes[] = {
    {Keyword::kI32, ValueType::I32()},   {Keyword::kI64, ValueType::I64()},
    {Keyword::kF32, ValueType::F32()},   {Keyword::kF64, ValueType::F64()},
    {Keyword::kV128, ValueType::V128()},
};

std::optional<ValueType> TakeNumberType(TokenCursor& cursor) {
  for (const NumberTypeWord& word : kNumberTypes) {
    if (cursor.TakeKeyword(word.keyword)) return word.type;
  }
  return std::nullopt;
}

Limits ParseLimits(ParserContext& context, bool is64) {
  Limits limits;
  limits.is64 = is64;
  const int bits = context.features.Has(Feature::kMemory64) ? 64 : 32;
  limits.min = context.cursor.ExpectUnsigned(bits);
  if (context.cursor.At(TokenKind::kNat)) {
    limits.max = context.cursor.ExpectUnsigned(bits);
  }
  return limits;
}

StorageType ParseStorageType(ParserContext& context) {
  if (context.cursor.TakeKeyword(Keyword::kI8)) {
    return {ValueType::I32(), PackedType::kI8};
  }
  if (context.cursor.TakeKeyword(Keyword::kI16)) {
    return {ValueType::I32(), PackedType::kI16};
  }
  return {ParseValueType(context)};
}

FieldType ParseFieldType(ParserContext& context) {
  FieldType field;
  field.is_mutable = context.cursor.TakeGroup(Keyword::kMut);
  field.storage = ParseStorageType(context);
  if (field.is_mutable) context.cursor.ExpectRightParen();
  return field;
}

void BindFields(ParserContext& context, uint32_t type, size_t count,
                const std::vector<NamedLocal>& fields) {
  if (fields.empty()) return;
  IndexSpace& space = context.fields.try_emplace(type, "field").first->second;
  space.Add(static_cast<uint32_t>(count));
  NameMap names;
  for (const NamedLocal& field : fields) {
    if (!field.name.id.empty() && !space.Bind(field.name.id, field.index)) {
      context.cursor.FailAt(context.cursor.sequence().tokens[field.name.token],
                            absl::StrCat("duplicate field $", field.name.id));
    }
    context.AddName(field.index, field.name, names);
  }
  if (!names.empty()) context.names.fields.emplace_back(type, std::move(names));
}

StructType ParseStructType(ParserContext& context, uint32_t index) {
  StructType type;
  std::vector<NamedLocal> names;
  while (context.cursor.TakeGroup(Keyword::kField)) {
    ParseNamedTypes(context, type.fields, &names, ParseFieldType);
  }
  BindFields(context, index, type.fields.size(), names);
  return type;
}

CompositeType ParseCompositeType(ParserContext& context, uint32_t index) {
  CompositeType type;
  if (context.cursor.TakeGroup(Keyword::kFunc)) {
    // Parameters may be named, but nothing can refer to them.
    std::vector<NamedLocal> names;
    type = ParseSignature(context, &names);
  } else if (context.cursor.TakeGroup(Keyword::kStruct)) {
    type = ParseStructType(context, index);
  } else if (context.cursor.TakeGroup(Keyword::kArray)) {
    type = ArrayType{ParseFieldType(context)};
  } else {
    context.cursor.FailUnexpected("a function, struct or array type");
    return type;
  }
  context.cursor.ExpectRightParen();
  return type;
}

std::optional<uint32_t> TakeTypeClause(ParserContext& context,
                                       Keyword keyword) {
  if (!context.cursor.AtGroup(keyword)) return std::nullopt;
  return context.ExpectIndexGroup(keyword, context.types);
}

SubType ParseSubType(ParserContext& context, uint32_t index) {
  SubType type;
  const bool is_sub = context.cursor.TakeGroup(Keyword::kSub);
  if (is_sub) {
    type.is_final = context.cursor.TakeKeyword(Keyword::kFinal);
    if (context.cursor.AtIndex()) {
      type.supertype = context.ExpectIndex(context.types);
    }
  }
  type.describes = TakeTypeClause(context, Keyword::kDescribes);
  type.descriptor = TakeTypeClause(context, Keyword::kDescriptor);
  type.composite = ParseCompositeType(context, index);
  if (is_sub) context.cursor.ExpectRightParen();
  return type;
}

// A definition after "(type", up to and including its closing parenthesis.
SubType ParseTypeDefinition(ParserContext& context, uint32_t index) {
  // Bound before.
  context.TakeBoundName();
  SubType type = ParseSubType(context, index);
  context.cursor.ExpectRightParen();
  return type;
}

// Whether a type use that has "(type x)" agrees with what it repeats inline.
void CheckInlineType(ParserContext& context, const Token& place,
                     const TypeUse& use) {
  if (use.type >= context.type_table.size()) {
    return context.cursor.FailAt(place,
                                 absl::StrCat("unknown type ", use.type));
  }
  const FuncType* type = context.type_table.FindFuncType(use.type);
  if (type == nullptr || *type != use.signature) {
    context.cursor.FailAt(
        place, "inline function type does not match the explicit type");
  }
}

}  // namespace

HeapType ParseHeapType(ParserContext& context) {
  TokenCursor& cursor = context.cursor;
  for (const AbstractHeapTypeWord& word : kAbstractHeapTypes) {
    if (cursor.TakeKeyword(word.heap_type)) return word.type;
  }
  if (cursor.TakeGroup(Keyword::kExact)) {
    const uint32_t index = context.ExpectIndex(context.types);
    cursor.ExpectRightParen();
    return HeapType::Concrete(index, /*exact=*/true);
  }
  if (!cursor.AtIndex()) {
    cursor.FailUnexpected("a heap type");
    // Something that can be written: bodies are, up to where parsing stops.
    return AbstractHeapType::kAny;
  }
  return HeapType::Concrete(context.ExpectIndex(context.types));
}

ValueType ParseReferenceType(ParserContext& context) {
  TokenCursor& cursor = context.cursor;
  for (const AbstractHeapTypeWord& word : kAbstractHeapTypes) {
    if (cursor.TakeKeyword(word.reference)) {
      return ValueType::Ref(word.type, /*nullable=*/true);
    }
  }
  if (!cursor.TakeGroup(Keyword::kRef)) {
    cursor.FailUnexpected("a reference type");
    return ValueType();
  }
  const bool nullable = cursor.TakeKeyword(Keyword::kNull);
  const HeapType heap_type = ParseHeapType(context);
  cursor.ExpectRightParen();
  return ValueType::Ref(heap_type, nullable);
}

ValueType ParseValueType(ParserContext& context) {
  if (const std::optional<ValueType> type = TakeNumberType(context.cursor)) {
    return *type;
  }
  return ParseReferenceType(context);
}

bool TakeAddressType64(ParserContext& context) {
  if (context.cursor.TakeKeyword(Keyword::kI64)) return true;
  context.cursor.TakeKeyword(Keyword::kI32);
  return false;
}

TableType ParseTableType(ParserContext& context, bool is64) {
  TableType type;
  type.limits = ParseLimits(context, is64);
  type.element = ParseReferenceType(context);
  return type;
}

uint8_t TakePageSizeLog2(ParserContext& context) {
  if (!context.cursor.TakeGroup(Keyword::kPageSize)) {
    return kDefaultPageSizeLog2;
  }
  const Token place = context.cursor.Peek();
  const uint64_t size = context.cursor.ExpectUnsigned(32);
  if (!std::has_single_bit(size)) {
    context.cursor.FailAt(place,
                          "invalid custom page size, must be a power of two");
  }
  context.cursor.ExpectRightParen();
  return static_cast<uint8_t>(std::countr_zero(size));
}

MemoryType ParseMemoryType(ParserContext& context, bool is64) {
  MemoryType type;
  type.limits = ParseLimits(context, is64);
  type.shared = context.cursor.TakeKeyword(Keyword::kShared);
  type.page_size_log2 = TakePageSizeLog2(context);
  return type;
}

GlobalType ParseGlobalType(ParserContext& context) {
  GlobalType type;
  type.is_mutable = context.cursor.TakeGroup(Keyword::kMut);
  type.value = ParseValueType(context);
  if (type.is_mutable) context.cursor.ExpectRightParen();
  return type;
}

FuncType ParseSignature(ParserContext& context,
                        std::vector<NamedLocal>* names) {
  FuncType type;
  while (context.cursor.TakeGroup(Keyword::kParam)) {
    ParseNamedTypes(context, type.params, names, ParseValueType);
  }
  while (context.cursor.TakeGroup(Keyword::kResult)) {
    ParseNamedTypes(context, type.results, nullptr, ParseValueType);
  }
  return type;
}

TypeUse ParseTypeUse(ParserContext& context, std::vector<NamedLocal>* names) {
  TypeUse use;
  const Token place = context.cursor.Peek();
  use.is_explicit = context.cursor.AtGroup(Keyword::kType);
  if (use.is_explicit) {
    use.type = context.ExpectIndexGroup(Keyword::kType, context.types);
  }
  const bool is_inline = context.cursor.AtGroup(Keyword::kParam) ||
                         context.cursor.AtGroup(Keyword::kResult);
  use.signature = ParseSignature(context, names);
  for (Keyword keyword : {Keyword::kType, Keyword::kParam, Keyword::kResult}) {
    if (context.cursor.AtGroup(keyword)) {
      context.cursor.FailUnexpected(
          "the type, parameters and results in this order");
    }
  }
  if (!context.cursor.ok()) return use;
  if (!use.is_explicit) {
    use.type = context.type_table.IndexOf(use.signature);
  } else if (is_inline) {
    CheckInlineType(context, place, use);
  } else if (const FuncType* type = context.type_table.FindFuncType(use.type)) {
    use.signature = *type;
  }
  return use;
}

BlockType ParseBlockType(ParserContext& context) {
  if (context.cursor.AtGroup(Keyword::kType)) {
    return BlockType::Type(ParseTypeUse(context, nullptr).type);
  }
  const FuncType signature = ParseSignature(context, nullptr);
  if (!context.cursor.ok()) return BlockType::Empty();
  if (signature.params.empty() && signature.results.empty()) {
    return BlockType::Empty();
  }
  if (signature.params.empty() && signature.results.size() == 1) {
    return BlockType::Value(signature.results[0]);
  }
  return BlockType::Type(context.type_table.IndexOf(signature));
}

void ParseTypeField(ParserContext& context, uint32_t first) {
  context.type_table.AddGroup({ParseTypeDefinition(context, first)});
}

void ParseRecField(ParserContext& context, uint32_t first) {
  std::vector<SubType> group;
  while (context.cursor.TakeGroup(Keyword::kType)) {
    const auto index = first + static_cast<uint32_t>(group.size());
    group.push_back(ParseTypeDefinition(context, index));
  }
  context.cursor.ExpectRightParen();
  context.type_table.AddGroup(std::move(group));
}

}  // namespace wasijit::compiler
