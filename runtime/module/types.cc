#include "runtime/module/types.h"

#include <iterator>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace wasijit {
namespace {

struct HeapTypeName {
  absl::string_view name;
  // Of the nullable reference type.
  absl::string_view reference;
};

// In the order of AbstractHeapType.
constexpr HeapTypeName kHeapTypeNames[] = {
    {"func", "funcref"},       {"nofunc", "nullfuncref"},
    {"extern", "externref"},   {"noextern", "nullexternref"},
    {"any", "anyref"},         {"eq", "eqref"},
    {"i31", "i31ref"},         {"struct", "structref"},
    {"array", "arrayref"},     {"none", "nullref"},
    {"exn", "exnref"},         {"noexn", "nullexnref"},
    {"bot", "(ref null bot)"},
};
constexpr uint32_t kAbstractHeapTypeCount = std::size(kHeapTypeNames);

const HeapTypeName& NameOf(AbstractHeapType type) {
  return kHeapTypeNames[static_cast<size_t>(type)];
}

std::string ClauseOf(absl::string_view word, std::optional<uint32_t> index) {
  return index ? absl::StrCat("(", word, " ", *index, ") ") : "";
}

std::string TypesOf(absl::string_view word, absl::Span<const ValueType> types) {
  if (types.empty()) return "";
  std::string result = absl::StrCat(" (", word);
  for (ValueType type : types) absl::StrAppend(&result, " ", ToString(type));
  return absl::StrCat(result, ")");
}

}  // namespace

AbstractHeapType TopOf(AbstractHeapType type) {
  switch (type) {
    case AbstractHeapType::kFunc:
    case AbstractHeapType::kNoFunc:
      return AbstractHeapType::kFunc;
    case AbstractHeapType::kExtern:
    case AbstractHeapType::kNoExtern:
      return AbstractHeapType::kExtern;
    case AbstractHeapType::kExn:
    case AbstractHeapType::kNoExn:
      return AbstractHeapType::kExn;
    case AbstractHeapType::kBottom:
      return AbstractHeapType::kBottom;
    default:
      return AbstractHeapType::kAny;
  }
}

std::optional<ValueType> ValueType::FromBits(uint32_t bits) {
  ValueType type;
  type.bits_ = bits;
  if (type.kind() > Kind::kRef) return std::nullopt;
  if (!type.IsRef()) {
    if (bits > kKindMask) return std::nullopt;
    return type;
  }
  const HeapType heap_type = type.heap_type();
  if (heap_type.IsAbstract() &&
      (heap_type.IsExact() ||
       bits >> HeapType::kPayloadShift >= kAbstractHeapTypeCount)) {
    return std::nullopt;
  }
  return type;
}

absl::string_view ToString(ExternKind kind) {
  constexpr absl::string_view kNames[] = {"func", "table", "memory", "global",
                                          "tag"};
  return kNames[static_cast<size_t>(kind)];
}

std::string ToString(AbstractHeapType type) {
  return std::string(NameOf(type).name);
}

std::string ToString(HeapType type) {
  if (type.IsAbstract()) return ToString(type.abstract());
  if (type.IsExact()) return absl::StrCat("(exact ", type.type_index(), ")");
  return absl::StrCat(type.type_index());
}

std::string ToString(ValueType type) {
  switch (type.kind()) {
    case ValueType::Kind::kBottom:
      return "bot";
    case ValueType::Kind::kI32:
      return "i32";
    case ValueType::Kind::kI64:
      return "i64";
    case ValueType::Kind::kF32:
      return "f32";
    case ValueType::Kind::kF64:
      return "f64";
    case ValueType::Kind::kV128:
      return "v128";
    case ValueType::Kind::kRef:
      break;
  }
  const HeapType heap_type = type.heap_type();
  if (type.IsNullable() && heap_type.IsAbstract()) {
    return std::string(NameOf(heap_type.abstract()).reference);
  }
  return absl::StrCat(type.IsNullable() ? "(ref null " : "(ref ",
                      ToString(heap_type), ")");
}

std::string ToString(const StorageType& type) {
  switch (type.packed) {
    case PackedType::kI8:
      return "i8";
    case PackedType::kI16:
      return "i16";
    case PackedType::kNone:
      break;
  }
  return ToString(type.value);
}

std::string ToString(const FieldType& type) {
  const std::string storage = ToString(type.storage);
  return type.is_mutable ? absl::StrCat("(mut ", storage, ")") : storage;
}

std::string ToString(const FuncType& type) {
  return absl::StrCat("(func", TypesOf("param", type.params),
                      TypesOf("result", type.results), ")");
}

std::string ToString(const CompositeType& type) {
  if (const auto* func = std::get_if<FuncType>(&type)) return ToString(*func);
  if (const auto* array = std::get_if<ArrayType>(&type)) {
    return absl::StrCat("(array ", ToString(array->element), ")");
  }
  std::string result = "(struct";
  for (const FieldType& field : std::get<StructType>(type).fields) {
    absl::StrAppend(&result, " (field ", ToString(field), ")");
  }
  return absl::StrCat(result, ")");
}

std::string ToString(const SubType& type) {
  const std::string content = absl::StrCat(
      ClauseOf("describes", type.describes),
      ClauseOf("descriptor", type.descriptor), ToString(type.composite));
  if (type.is_final && !type.supertype) return content;
  return absl::StrCat("(sub ", type.is_final ? "final " : "",
                      type.supertype ? absl::StrCat(*type.supertype, " ") : "",
                      content, ")");
}

std::string ToString(const Limits& limits) {
  return absl::StrCat(limits.is64 ? "i64 " : "", limits.min,
                      limits.max ? absl::StrCat(" ", *limits.max) : "");
}

std::string ToString(const TableType& type) {
  return absl::StrCat(ToString(type.limits), " ", ToString(type.element));
}

std::string ToString(const MemoryType& type) {
  return absl::StrCat(ToString(type.limits), type.shared ? " shared" : "",
                      type.page_size_log2 == kDefaultPageSizeLog2
                          ? ""
                          : absl::StrCat(" (pagesize ", type.PageSize(), ")"));
}

std::string ToString(const GlobalType& type) {
  return type.is_mutable ? absl::StrCat("(mut ", ToString(type.value), ")")
                         : ToString(type.value);
}

std::string ToString(const TagType& type) {
  return absl::StrCat("(type ", type.type, ")");
}

std::string ToString(const ExternType& type) {
  const std::string content = std::visit(
      [](const auto& entity) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(entity)>,
                                     FunctionExternType>) {
          return absl::StrCat(entity.exact ? "(exact " : "", "(type ",
                              entity.type, ")", entity.exact ? ")" : "");
        } else {
          return ToString(entity);
        }
      },
      type);
  return absl::StrCat("(", ToString(KindOf(type)), " ", content, ")");
}

}  // namespace wasijit
