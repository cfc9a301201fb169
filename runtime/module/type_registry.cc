#include "runtime/module/type_registry.h"

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Proper supertypes of each abstract heap type, as a set (specification,
// 3.3.3).
constexpr uint32_t SupertypesOf(AbstractHeapType type) {
  constexpr auto set = [](auto... types) {
    return (0u | ... | (1u << static_cast<uint32_t>(types)));
  };
  using enum AbstractHeapType;
  switch (type) {
    case kNoFunc:
      return set(kFunc);
    case kNoExtern:
      return set(kExtern);
    case kNoExn:
      return set(kExn);
    case kEq:
      return set(kAny);
    case kI31:
    case kStruct:
    case kArray:
      return set(kEq, kAny);
    case kNone:
      return set(kI31, kStruct, kArray, kEq, kAny);
    default:
      return 0;
  }
}

bool IsAbstractSubtype(AbstractHeapType sub, AbstractHeapType super) {
  return sub == super || sub == AbstractHeapType::kBottom ||
         (SupertypesOf(sub) >> static_cast<uint32_t>(super) & 1) != 0;
}

AbstractHeapType SortOf(const SubType& type) {
  if (type.func() != nullptr) return AbstractHeapType::kFunc;
  return type.structure() != nullptr ? AbstractHeapType::kStruct
                                     : AbstractHeapType::kArray;
}

}  // namespace

struct TypeRegistry::IndexSpace {
  // Indices from here on denote the group itself.
  uint32_t first;
  // What the indices below denote; themselves, if there is no table.
  std::optional<absl::Span<const TypeId>> ids;

  bool IsInGroup(uint32_t index) const { return index >= first; }
  TypeId Outside(uint32_t index) const { return ids ? (*ids)[index] : index; }
};

namespace {

// The canonical encoding of a group: equal for equal groups only.
template <typename IndexSpace>
class GroupEncoder {
 public:
  explicit GroupEncoder(const IndexSpace& space) : space_(space) {}

  std::string Encode(absl::Span<const SubType> group) && {
    for (const SubType& type : group) Add(type);
    return std::move(key_);
  }

 private:
  void AddByte(uint32_t byte) { key_.push_back(static_cast<char>(byte)); }
  void AddWord(uint32_t word) {
    for (int shift = 0; shift < 32; shift += 8) AddByte(word >> shift & 0xff);
  }
  void AddIndex(uint32_t index) {
    const bool in_group = space_.IsInGroup(index);
    AddByte(in_group);
    AddWord(in_group ? index - space_.first : space_.Outside(index));
  }
  void Add(const std::optional<uint32_t>& index) {
    AddByte(index.has_value());
    if (index) AddIndex(*index);
  }
  void Add(ValueType type) {
    if (!type.IsRef() || !type.heap_type().IsConcrete()) {
      AddWord(type.bits());
      return;
    }
    const uint32_t index = type.heap_type().type_index();
    AddWord(ValueType::Ref(HeapType::Concrete(0, type.heap_type().IsExact()),
                           type.IsNullable())
                .bits());
    AddIndex(index);
  }
  void Add(const FieldType& field) {
    AddByte(static_cast<uint32_t>(field.storage.packed) << 1 |
            static_cast<uint32_t>(field.is_mutable));
    Add(field.storage.value);
  }
  template <typename T>
  void Add(const std::vector<T>& list) {
    AddWord(static_cast<uint32_t>(list.size()));
    for (const T& item : list) Add(item);
  }
  void Add(const SubType& type) {
    AddByte(static_cast<uint32_t>(type.composite.index()) << 1 |
            static_cast<uint32_t>(type.is_final));
    Add(type.supertype);
    Add(type.describes);
    Add(type.descriptor);
    if (const FuncType* func = type.func()) {
      Add(func->params);
      Add(func->results);
    } else if (const StructType* structure = type.structure()) {
      Add(structure->fields);
    } else {
      Add(type.array()->element);
    }
  }

  const IndexSpace& space_;
  std::string key_;
};

// Replaces the indices in a definition.
template <typename Map>
class IndexReplacer {
 public:
  explicit IndexReplacer(Map map) : map_(std::move(map)) {}

  void Replace(SubType& type) const {
    Replace(type.supertype);
    Replace(type.describes);
    Replace(type.descriptor);
    if (auto* func = std::get_if<FuncType>(&type.composite)) {
      for (ValueType& param : func->params) Replace(param);
      for (ValueType& result : func->results) Replace(result);
    } else if (auto* structure = std::get_if<StructType>(&type.composite)) {
      for (FieldType& field : structure->fields) Replace(field.storage.value);
    } else {
      Replace(std::get<ArrayType>(type.composite).element.storage.value);
    }
  }

 private:
  void Replace(std::optional<uint32_t>& index) const {
    if (index) index = map_(*index);
  }
  void Replace(ValueType& type) const {
    if (!type.IsRef() || !type.heap_type().IsConcrete()) return;
    const HeapType heap_type = type.heap_type();
    type = ValueType::Ref(
        HeapType::Concrete(map_(heap_type.type_index()), heap_type.IsExact()),
        type.IsNullable());
  }

  Map map_;
};

}  // namespace

absl::StatusOr<TypeId> TypeRegistry::AddGroup(absl::Span<const SubType> group,
                                              const IndexSpace& space) {
  std::string key = GroupEncoder(space).Encode(group);
  if (const auto found = groups_.find(key); found != groups_.end()) {
    return found->second;
  }
  if (group.size() > kMaxTypeIndex - types_.size()) {
    return absl::ResourceExhaustedError("too many different types");
  }
  const auto first_id = static_cast<TypeId>(types_.size() + 1);
  const IndexReplacer replacer([&](uint32_t index) {
    return space.IsInGroup(index) ? first_id + (index - space.first)
                                  : space.Outside(index);
  });
  for (const SubType& definition : group) {
    Type type{definition, {}};
    replacer.Replace(type.definition);
    if (type.definition.supertype) {
      type.display = Get(*type.definition.supertype).display;
    }
    if (type.display.size() > kMaxSubtypingDepth) {
      types_.resize(first_id - 1);
      return absl::ResourceExhaustedError(absl::StrFormat(
          "subtyping chain is longer than %u", kMaxSubtypingDepth));
    }
    type.display.push_back(static_cast<TypeId>(types_.size() + 1));
    types_.push_back(std::move(type));
  }
  groups_.emplace(std::move(key), first_id);
  return first_id;
}

absl::StatusOr<TypeId> TypeRegistry::Add(absl::Span<const SubType> group,
                                         uint32_t first,
                                         absl::Span<const TypeId> ids) {
  return AddGroup(group, {first, ids});
}

absl::StatusOr<TypeId> TypeRegistry::Add(const CompositeType& type) {
  SubType definition;
  definition.composite = type;
  return AddGroup({&definition, 1}, {UINT32_MAX, std::nullopt});
}

absl::StatusOr<std::vector<TypeId>> TypeRegistry::AddModule(
    const Module& module) {
  std::vector<TypeId> ids;
  ids.reserve(module.types.size());
  const absl::Span<const SubType> types = module.types;
  for (const RecGroup& group : module.rec_groups) {
    ASSIGN_OR_RETURN(
        const TypeId first,
        Add(types.subspan(group.first, group.count), group.first, ids));
    for (uint32_t i = 0; i < group.count; ++i) ids.push_back(first + i);
  }
  return ids;
}

bool TypeRegistry::IsSubtype(HeapType sub, HeapType super) const {
  if (sub == super || sub.Is(AbstractHeapType::kBottom)) return true;
  if (super.IsAbstract()) {
    const AbstractHeapType abstract =
        sub.IsAbstract() ? sub.abstract()
                         : SortOf(Definition(sub.type_index()));
    return IsAbstractSubtype(abstract, super.abstract());
  }
  if (sub.IsAbstract()) {
    const AbstractHeapType bottom =
        Definition(super.type_index()).func() != nullptr
            ? AbstractHeapType::kNoFunc
            : AbstractHeapType::kNone;
    return sub.Is(bottom);
  }
  return !super.IsExact() && IsSubtype(sub.type_index(), super.type_index());
}

AbstractHeapType TypeRegistry::Top(HeapType type) const {
  return TopOf(type.IsAbstract() ? type.abstract()
                                 : SortOf(Definition(type.type_index())));
}

HeapType WithIds(HeapType type, absl::Span<const TypeId> ids) {
  if (!type.IsConcrete()) return type;
  return HeapType::Concrete(ids[type.type_index()], type.IsExact());
}

ValueType WithIds(ValueType type, absl::Span<const TypeId> ids) {
  if (!type.IsRef()) return type;
  return ValueType::Ref(WithIds(type.heap_type(), ids), type.IsNullable());
}

absl::StatusOr<std::vector<TypeId>> SharedTypeRegistry::AddModule(
    const Module& module) {
  absl::MutexLock lock(&mutex_);
  return registry_.AddModule(module);
}

absl::StatusOr<TypeId> SharedTypeRegistry::Add(const CompositeType& type) {
  absl::MutexLock lock(&mutex_);
  return registry_.Add(type);
}

const SubType& SharedTypeRegistry::Definition(TypeId id) const {
  absl::ReaderMutexLock lock(&mutex_);
  return registry_.Definition(id);
}

absl::Span<const TypeId> SharedTypeRegistry::Display(TypeId id) const {
  absl::ReaderMutexLock lock(&mutex_);
  return registry_.Display(id);
}

bool SharedTypeRegistry::IsSubtype(TypeId sub, TypeId super) const {
  absl::ReaderMutexLock lock(&mutex_);
  return registry_.IsSubtype(sub, super);
}

bool SharedTypeRegistry::IsSubtype(ValueType sub, ValueType super) const {
  absl::ReaderMutexLock lock(&mutex_);
  return registry_.IsSubtype(sub, super);
}

AbstractHeapType SharedTypeRegistry::Top(HeapType type) const {
  absl::ReaderMutexLock lock(&mutex_);
  return registry_.Top(type);
}

}  // namespace wasijit
